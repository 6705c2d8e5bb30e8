package dev.sluice.queue;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ByteBudgetTest {
    private static final int ROUNDS = 2_000;

    private final ByteBudget budget = new ByteBudget(100);

    @Test
    void aReservationAboveTheRemainderIsRefusedAndNotCounted() {
        assertThat(budget.tryReserve(101)).isFalse();
        assertThat(budget.tryReserve(100)).isTrue();
        assertThat(budget.tryReserve(1)).isFalse();
        assertThat(budget.isFull()).isTrue();
    }

    @Test
    void anUnconditionalReservationExceedsTheBudgetAndBlocksOthersUntilItsRelease() {
        budget.reserve(150);
        assertThat(budget.tryReserve(1)).isFalse();
        budget.release(50);
        assertThat(budget.tryReserve(1)).isFalse();
        budget.release(1);
        assertThat(budget.tryReserve(1)).isTrue();
    }

    @Test
    void aBudgetWithoutALimitGrantsEverythingThatFitsIntoALong() {
        ByteBudget unbounded = ByteBudget.unbounded();
        assertThat(unbounded.tryReserve(Long.MAX_VALUE - 1)).isTrue();
        assertThat(unbounded.tryReserve(2)).isFalse();
    }

    @Test
    void aReservationHoldsItsLastSizeUntilItIsClosedAndNothingAfterwards() {
        ByteBudget.Reservation reservation = new ByteBudget.Reservation(budget);
        reservation.resize(70);
        reservation.resize(130);
        assertThat(budget.reservedBytes()).isEqualTo(130);
        reservation.resize(20);
        assertThat(budget.reservedBytes()).isEqualTo(20);
        reservation.close();
        reservation.close();
        reservation.resize(10);
        assertThat(budget.reservedBytes()).isZero();
    }

    @Test
    void aReservationThatIsResizedAndClosedAtTheSameTimeLeavesNothing() throws InterruptedException {
        for (int i = 0; i < ROUNDS; i++) {
            ByteBudget.Reservation reservation = new ByteBudget.Reservation(budget);
            Thread other = new Thread(reservation::close);
            other.start();
            reservation.resize(5);
            other.join();
            assertThat(budget.reservedBytes()).isZero();
        }
    }

    @Test
    void whatAnOwnerHoldsIsCountedUntilItIsReleased() {
        budget.attribute("a", 5);
        budget.attribute("a", 3);
        budget.attribute(1L, 4);
        budget.attribute(null, 9);
        assertThat(budget.bytesOf("a")).isEqualTo(8);
        assertThat(budget.bytesOf(1L)).isEqualTo(4);
        budget.attribute("a", -8);
        assertThat(budget.bytesOf("a")).isZero();
        assertThat(budget.bytesOf(null)).isZero();
        budget.attribute("b", 6);
        budget.attribute("b", 6);
        assertThat(budget.bytesOf("b")).isEqualTo(12);
    }

    @Test
    void aThreadReservesInSlabsAndReleasesThem() {
        ByteBudget process = new ByteBudget(1 << 20);
        ByteBudget.Slabs one = new ByteBudget.Slabs(process);
        ByteBudget.Slabs other = new ByteBudget.Slabs(process);
        assertThat(one.tryReserve(1_000_000)).isTrue();
        assertThat(other.tryReserve(100_000)).isFalse();
        assertThat(other.tryReserve(40_000)).isTrue();
        one.release(1_000_000);
        assertThat(other.tryReserve(800_000)).isTrue();
    }

    @Test
    void aBudgetIsFullFromItsLimitOn() {
        assertThat(budget.bytesMax()).isEqualTo(100);
        budget.reserve(99);
        assertThat(budget.isFull()).isFalse();
        budget.reserve(1);
        assertThat(budget.isFull()).isTrue();
        assertThat(budget.reservedBytes()).isEqualTo(100);
    }

    @Test
    void aSlabIsReservedOnTopOfWhatIsNeededAndUsedUpFirst() {
        int slab = 64 * 1024;
        ByteBudget process = new ByteBudget(10L * slab);
        ByteBudget.Slabs slabs = new ByteBudget.Slabs(process);
        assertThat(slabs.tryReserve(1_000)).isTrue();
        assertThat(process.reservedBytes()).isEqualTo(1_000 + slab);
        assertThat(slabs.tryReserve(slab)).isTrue();
        assertThat(process.reservedBytes()).as("exactly the spare bytes").isEqualTo(1_000 + slab);
        assertThat(slabs.tryReserve(1)).isTrue();
        assertThat(process.reservedBytes()).isEqualTo(1_001 + 2 * slab);
        slabs.release(slab);
        assertThat(process.reservedBytes()).as("two slabs may be spare").isEqualTo(1_001 + 2 * slab);
        slabs.release(1);
        assertThat(process.reservedBytes()).as("one slab stays").isEqualTo(1_000 + slab);
    }

    @Test
    void theLastBytesOfABudgetAreReservedWithoutASlab() {
        ByteBudget.Slabs slabs = new ByteBudget.Slabs(budget);
        assertThat(slabs.tryReserve(100)).isTrue();
        assertThat(budget.reservedBytes()).isEqualTo(100);
        assertThat(slabs.tryReserve(1)).isFalse();
        slabs.release(60);
        assertThat(slabs.tryReserve(61)).isFalse();
        assertThat(slabs.tryReserve(60)).isTrue();
        assertThat(slabs.tryReserve(1)).isFalse();
        assertThat(budget.reservedBytes()).isEqualTo(100);
    }

    @Test
    void aReservationNamesItsBudget() {
        assertThat(new ByteBudget.Reservation(budget).budget()).isSameAs(budget);
    }
}
