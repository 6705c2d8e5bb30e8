package dev.sluice.queue;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PushRateTest {
    private static final long START_MILLIS = 1_000_000_000_000L;

    private static void consume(PushRate rate, int messages, long atMillis) {
        for (int i = 0; i < messages; i++) {
            rate.consume(atMillis);
        }
    }

    @Test
    void withoutALimitEveryPushPasses() {
        PushRate rate = new PushRate(0);
        consume(rate, 1_000_000, START_MILLIS);
        assertThat(rate.allows(Integer.MAX_VALUE, START_MILLIS)).isTrue();
    }

    @Test
    void theBucketFillsEvenly() {
        PushRate rate = new PushRate(10);
        consume(rate, 10, START_MILLIS);
        assertThat(rate.allows(1, START_MILLIS + 99)).isFalse();
        assertThat(rate.allows(1, START_MILLIS + 100)).isTrue();
        assertThat(rate.allows(5, START_MILLIS + 499)).isFalse();
        assertThat(rate.allows(5, START_MILLIS + 500)).isTrue();
    }

    @Test
    void theBucketHoldsOneSecondsWorth() {
        PushRate rate = new PushRate(10);
        consume(rate, 10, START_MILLIS + 3_600_000);
        assertThat(rate.allows(1, START_MILLIS + 3_600_000)).isFalse();
    }

    @Test
    void aBatchLargerThanTheBucketPassesWhenItIsFullAndDelaysTheNext() {
        PushRate rate = new PushRate(10);
        assertThat(rate.allows(100, START_MILLIS)).isTrue();
        consume(rate, 100, START_MILLIS);
        assertThat(rate.allows(1, START_MILLIS + 9_000)).isFalse();
        assertThat(rate.allows(1, START_MILLIS + 9_100)).isTrue();
    }

    @Test
    void aClockThatIsSetBackDoesNotBlockPushes() {
        PushRate rate = new PushRate(10);
        consume(rate, 10, START_MILLIS);
        assertThat(rate.allows(1, START_MILLIS - 500)).isFalse();
        assertThat(rate.allows(1, START_MILLIS - 1_000)).isFalse();
        assertThat(rate.allows(1, START_MILLIS - 1_001)).isTrue();
        assertThat(rate.allows(1, START_MILLIS - 3_600_000)).isTrue();
    }

    @Test
    void aClockThatIsSetBackDoesNotFillTheBucketASecondTime() {
        PushRate rate = new PushRate(10);
        consume(rate, 10, START_MILLIS);
        rate.consume(START_MILLIS - 500);
        assertThat(rate.allows(1, START_MILLIS + 100)).isFalse();
        assertThat(rate.allows(1, START_MILLIS + 200)).isTrue();
    }

    @Test
    void aFullBucketPassesItsOwnSizeAndIsFullAgainAfterASecond() {
        PushRate rate = new PushRate(10);
        assertThat(rate.allows(10, START_MILLIS)).isTrue();
        consume(rate, 1, START_MILLIS);
        assertThat(rate.allows(9, START_MILLIS)).isTrue();
        assertThat(rate.allows(10, START_MILLIS)).isFalse();
        assertThat(rate.allows(10, START_MILLIS + 99)).isFalse();
        assertThat(rate.allows(10, START_MILLIS + 100)).isTrue();
    }
}
