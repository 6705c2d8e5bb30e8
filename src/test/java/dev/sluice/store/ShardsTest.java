package dev.sluice.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.queue.QueueHead;
import dev.sluice.store.memory.MemoryStore;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Which shard a queue and a batch belong to. */
class ShardsTest {
    private static final QueueHead HEAD = Samples.head(1);
    private static final int SHARDS = 24;

    @Test
    void consecutiveQueuesAreSpreadOverAllShards() {
        int[] queues = new int[SHARDS];
        LongStream.rangeClosed(1, 2_400).forEach(number -> queues[Shards.of(number, SHARDS)]++);

        assertThat(IntStream.of(queues).boxed()).allMatch(count -> count > 60 && count < 140);
    }

    @Test
    void theShardOfAQueueNeverChanges() {
        assertThat(LongStream.rangeClosed(1, 8).mapToInt(number -> Shards.of(number, SHARDS)))
                .containsExactly(20, 15, 14, 5, 13, 3, 13, 23);
    }

    @Test
    void aBatchKnowsItsShard() {
        StoreBatch batch = batch();
        assertThat(batch.shard()).isEqualTo(StoreBatch.UNTOUCHED);
        batch.head(7, HEAD);
        batch.add(7, Samples.enqueued(Samples.arrival(1)));
        assertThat(batch.shard()).isEqualTo(Shards.of(7, SHARDS));
        batch.dropQueue(sameShardAs(7));
        assertThat(batch.shard()).isEqualTo(Shards.of(7, SHARDS));
    }

    @Test
    void aBatchWithChangesOfTwoShardsIsMixed() {
        StoreBatch batch = batch();
        batch.head(1, HEAD);
        batch.head(2, HEAD);
        batch.head(1, HEAD);

        assertThat(batch.shard()).isEqualTo(StoreBatch.MIXED);
    }

    @Test
    void aBatchOfTheCatalogHasNoQueues() {
        StoreBatch batch = batch();
        batch.putCatalog(new byte[] {1}, new byte[0]);
        assertThat(batch.shard()).isEqualTo(StoreBatch.CATALOG);
        batch.dropQueue(1);
        assertThat(batch.shard()).isEqualTo(StoreBatch.MIXED);
    }

    private static long sameShardAs(long number) {
        return LongStream.iterate(number + 1, next -> next + 1)
                .filter(next -> Shards.of(next, SHARDS) == Shards.of(number, SHARDS))
                .findFirst()
                .orElseThrow();
    }

    private static StoreBatch batch() {
        return new StoreBatch(new MemoryStore().newBatch(0).records(), 0, SHARDS);
    }
}
