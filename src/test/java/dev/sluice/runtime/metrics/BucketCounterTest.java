package dev.sluice.runtime.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BucketCounterTest {
    @Test
    void aValueCountsInTheFirstBucketWhoseBoundItDoesNotExceed() {
        BucketCounter distribution = BucketCounter.doubling(10, 3);
        assertThat(distribution.bounds()).containsExactly(10, 20, 40);

        for (long value : new long[] {0, 10, 11, 20, 21, 40, 41, 1_000_000}) {
            distribution.add(value);
        }

        assertThat(distribution.counts()).containsExactly(2, 2, 2, 2);
        assertThat(distribution.sum()).isEqualTo(1_000_143);
    }
}
