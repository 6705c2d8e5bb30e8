package dev.sluice.runtime.bus;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class QueueGateTest {
    private final QueueGate gate = new QueueGate(7);

    @Test
    void aNewGateIsClosed() {
        assertThat(gate.enter(1)).isEqualTo(QueueGate.EntryResult.CLOSED);
        assertThat(gate.inFlight()).isZero();
    }

    @Test
    void anOpenGateAdmitsRequestsUpToItsLimit() {
        gate.open();
        assertThat(gate.enter(2)).isEqualTo(QueueGate.EntryResult.ENTERED);
        assertThat(gate.enter(2)).isEqualTo(QueueGate.EntryResult.ENTERED);
        assertThat(gate.enter(2)).isEqualTo(QueueGate.EntryResult.FULL);
        gate.leave();
        assertThat(gate.enter(2)).isEqualTo(QueueGate.EntryResult.ENTERED);
    }

    @Test
    void aGateClosesOnlyWithoutRequestsInFlight() {
        gate.open();
        gate.enter(1);
        assertThat(gate.tryClose()).isFalse();
        assertThat(gate.tryRetire()).isFalse();
        gate.leave();
        assertThat(gate.tryClose()).isTrue();
        assertThat(gate.enter(1)).isEqualTo(QueueGate.EntryResult.CLOSED);
    }

    @Test
    void openingAnOpenGateKeepsTheCount() {
        gate.open();
        gate.enter(5);
        gate.open();
        assertThat(gate.inFlight()).isEqualTo(1);
    }

    @Test
    void aRetiredGateStaysClosed() {
        assertThat(gate.tryRetire()).isTrue();
        gate.open();
        assertThat(gate.enter(1)).isEqualTo(QueueGate.EntryResult.DELETED);
        assertThat(gate.isRetired()).isTrue();
    }

    @Test
    void eachEndOfTheLastRequestInFlightIsReported() {
        AtomicInteger reports = new AtomicInteger();
        gate.open();
        gate.enter(2);
        gate.enter(2);
        gate.onEmpty(reports::incrementAndGet);
        gate.leave();
        assertThat(reports).hasValue(0);
        gate.leave();
        assertThat(reports).hasValue(1);
        gate.enter(2);
        gate.leave();
        assertThat(reports).hasValue(2);
        gate.onEmpty(null);
        gate.enter(2);
        gate.leave();
        assertThat(reports).hasValue(2);
    }

    @Test
    void theNumberOfWaitingSendersIsLimited() {
        assertThat(gate.tryWait(1)).isTrue();
        assertThat(gate.tryWait(1)).isFalse();
        gate.stopWaiting();
        assertThat(gate.tryWait(1)).isTrue();
    }

    @Test
    void onlyARetiredGateIsRemoved() {
        QueueGates gates = new QueueGates();
        QueueGate open = gates.gate(1);
        gates.removeRetired(1);
        assertThat(gates.gate(1)).isSameAs(open);
        open.tryRetire();
        gates.removeRetired(1);
        assertThat(gates.gate(1)).isNotSameAs(open);
    }
}
