package dev.sluice.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class QueueSlotTest {
    private final QueueSlot slot = new QueueSlot(7);

    @Test
    void aNewGateIsClosed() {
        assertThat(slot.enter(1)).isEqualTo(QueueSlot.Entry.CLOSED);
        assertThat(slot.inFlight()).isZero();
    }

    @Test
    void anOpenGateLetsInAsManyAsItMay() {
        slot.open();
        assertThat(slot.enter(2)).isEqualTo(QueueSlot.Entry.ENTERED);
        assertThat(slot.enter(2)).isEqualTo(QueueSlot.Entry.ENTERED);
        assertThat(slot.enter(2)).isEqualTo(QueueSlot.Entry.FULL);
        slot.leave();
        assertThat(slot.enter(2)).isEqualTo(QueueSlot.Entry.ENTERED);
    }

    @Test
    void aGateClosesOnlyWhenNothingIsOnItsWay() {
        slot.open();
        slot.enter(1);
        assertThat(slot.tryClose()).isFalse();
        assertThat(slot.tryRetire()).isFalse();
        slot.leave();
        assertThat(slot.tryClose()).isTrue();
        assertThat(slot.enter(1)).isEqualTo(QueueSlot.Entry.CLOSED);
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
        assertThat(slot.enter(1)).isEqualTo(QueueSlot.Entry.GONE);
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
        QueueSlots slots = new QueueSlots();
        QueueSlot open = slots.slot(1);
        slots.forgetRetired(1);
        assertThat(slots.slot(1)).isSameAs(open);
        open.tryRetire();
        slots.forgetRetired(1);
        assertThat(slots.slot(1)).isNotSameAs(open);
    }
}
