package dev.sluice.runtime.bus;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class QueueGateTest {
    private final QueueGate slot = new QueueGate(7);

    @Test
    void aNewGateIsClosed() {
        assertThat(slot.enter(1)).isEqualTo(QueueGate.EntryResult.CLOSED);
        assertThat(slot.inFlight()).isZero();
    }

    @Test
    void anOpenGateLetsInAsManyAsItMay() {
        slot.open();
        assertThat(slot.enter(2)).isEqualTo(QueueGate.EntryResult.ENTERED);
        assertThat(slot.enter(2)).isEqualTo(QueueGate.EntryResult.ENTERED);
        assertThat(slot.enter(2)).isEqualTo(QueueGate.EntryResult.FULL);
        slot.leave();
        assertThat(slot.enter(2)).isEqualTo(QueueGate.EntryResult.ENTERED);
    }

    @Test
    void aGateClosesOnlyWhenNothingIsOnItsWay() {
        slot.open();
        slot.enter(1);
        assertThat(slot.tryClose()).isFalse();
        assertThat(slot.tryRetire()).isFalse();
        slot.leave();
        assertThat(slot.tryClose()).isTrue();
        assertThat(slot.enter(1)).isEqualTo(QueueGate.EntryResult.CLOSED);
    }

    @Test
    void openingAnOpenGateKeepsCount() {
        slot.open();
        slot.enter(5);
        slot.open();
        assertThat(slot.inFlight()).isEqualTo(1);
    }

    @Test
    void aRetiredGateStaysShut() {
        assertThat(slot.tryRetire()).isTrue();
        slot.open();
        assertThat(slot.enter(1)).isEqualTo(QueueGate.EntryResult.GONE);
        assertThat(slot.isRetired()).isTrue();
    }

    @Test
    void onlySoManyWait() {
        assertThat(slot.tryWait(1)).isTrue();
        assertThat(slot.tryWait(1)).isFalse();
        slot.stopWaiting();
        assertThat(slot.tryWait(1)).isTrue();
    }

    @Test
    void onlyARetiredGateIsForgotten() {
        QueueGates slots = new QueueGates();
        QueueGate open = slots.slot(1);
        slots.forgetRetired(1);
        assertThat(slots.slot(1)).isSameAs(open);
        open.tryRetire();
        slots.forgetRetired(1);
        assertThat(slots.slot(1)).isNotSameAs(open);
    }
}
