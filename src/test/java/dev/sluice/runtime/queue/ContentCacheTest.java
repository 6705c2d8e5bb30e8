package dev.sluice.runtime.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.queue.ByteBudget;
import dev.sluice.queue.Content;
import dev.sluice.queue.ContentType;
import org.junit.jupiter.api.Test;

class ContentCacheTest {
    private final ByteBudget budget = new ByteBudget(10_000);
    private final ContentCache contents = new ContentCache(budget, 16);

    @Test
    void contentsAreCachedUpToTheLimitOfEntries() {
        for (long seq = 1; seq <= 20; seq++) {
            contents.offer(seq, content(1));
        }
        assertThat(contents.get(16)).isNotNull();
        assertThat(contents.get(17)).isNull();
        assertThat(contents.isFull()).isTrue();
    }

    @Test
    void contentsAreCachedUpToTheMemoryBudget() {
        contents.offer(1, content(6_000));
        contents.offer(2, content(6_000));
        assertThat(contents.get(1)).isNotNull();
        assertThat(contents.get(2)).isNull();
    }

    @Test
    void removedContentsReleaseTheirMemory() {
        contents.offer(1, content(100));
        contents.offer(1, content(100));
        contents.offer(2, content(100));
        assertThat(contents.remove(1)).isNotNull();
        assertThat(contents.remove(1)).isNull();
        assertThat(budget.reservedBytes()).isPositive();
        contents.clear();
        assertThat(budget.reservedBytes()).isZero();
    }

    @Test
    void contentsBelowTheWindowAreEvicted() {
        for (long seq = 1; seq <= 16; seq++) {
            contents.offer(seq, content(10));
        }
        contents.evictBelow(9);
        assertThat(contents.get(8)).isNull();
        assertThat(contents.get(9)).isNotNull();
        assertThat(contents.isFull()).isFalse();
        for (long seq = 9; seq <= 16; seq++) {
            contents.remove(seq);
        }
        assertThat(budget.reservedBytes()).isZero();
    }

    @Test
    void anEntryIsChargedWithItsBodyAndItsOverhead() {
        contents.offer(1, content(100));
        assertThat(budget.reservedBytes()).isEqualTo(260);
        contents.offer(2, content(40));
        assertThat(budget.reservedBytes()).isEqualTo(460);
        contents.remove(1);
        assertThat(budget.reservedBytes()).isEqualTo(200);
        contents.evictBelow(3);
        assertThat(budget.reservedBytes()).isZero();
    }

    @Test
    void anEvictionThatWouldFreeFewEntriesIsNotDone() {
        contents.offer(1, content(1));
        contents.evictBelow(1);
        assertThat(contents.get(1)).isNotNull();
        contents.evictBelow(2);
        assertThat(contents.get(1)).isNull();
        contents.offer(2, content(1));
        contents.evictBelow(3);
        assertThat(contents.get(2)).as("one more than the last time").isNotNull();
        contents.evictBelow(4);
        assertThat(contents.get(2)).isNull();
    }

    private static Content content(int bytes) {
        return new Content(0, 0, ContentType.TEXT, 0, new byte[bytes]);
    }
}
