package dev.sluice.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SharedMemoryBudgetTest {
    private final SharedMemoryBudget budget = new SharedMemoryBudget(100);

    @Test
    void aReservationAboveTheRemainderIsRefusedAndNotCounted() {
        assertThat(budget.tryReserve(101)).isFalse();
        assertThat(budget.tryReserve(100)).isTrue();
        assertThat(budget.tryReserve(1)).isFalse();
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
}
