package dev.sluice.store.rocksdb;

import static dev.sluice.store.StoreResults.catalogOf;
import static dev.sluice.store.StoreResults.commitAsync;
import static dev.sluice.store.StoreResults.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.TestSeed;
import dev.sluice.store.Durability;
import dev.sluice.store.QueueStore;
import dev.sluice.store.StoreHistory;
import dev.sluice.store.StoreReading;
import dev.sluice.store.memory.MemoryStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;

/** Both stores return the same data after the same batches, also across reopening, flushes and compactions. */
class StoreEquivalencePropertyTest {
    @Property(seed = TestSeed.PROPERTIES, tries = 40, shrinking = ShrinkingMode.OFF)
    void bothStoresReturnTheSameAfterTheSameHistory(@ForAll long seed, @ForAll @IntRange(min = 1, max = 60) int batches)
            throws IOException {
        Path directory = Files.createTempDirectory("sluice-same-reads");
        try {
            run(seed, batches, directory);
        } finally {
            DiskImage.delete(directory);
        }
    }

    private static void run(long seed, int batches, Path directory) {
        Random random = new Random(seed);
        StoreHistory history = new StoreHistory(seed);
        StoreHistory sameHistory = new StoreHistory(seed);
        RocksDbStore onDisk = RocksDbStore.open(directory, Durability.ASYNC);
        try (MemoryStore inMemory = new MemoryStore()) {
            for (int i = 0; i < batches; i++) {
                get(commitAsync(inMemory, history.nextBatch(12)));
                get(commitAsync(onDisk, sameHistory.nextBatch(12)));
                switch (random.nextInt(8)) {
                    case 0 -> assertSame(inMemory, onDisk);
                    case 1 -> {
                        onDisk.close();
                        onDisk = RocksDbStore.open(directory, Durability.ASYNC);
                    }
                    case 2 -> onDisk.compact();
                    default -> {
                        // Continue with the next batch.
                    }
                }
            }
            assertSame(inMemory, onDisk);
            onDisk.compact();
            assertSame(inMemory, onDisk);
        } finally {
            onDisk.close();
        }
    }

    private static void assertSame(QueueStore inMemory, QueueStore onDisk) {
        for (long queue : new long[] {StoreHistory.QUEUE, StoreHistory.DEAD_QUEUE}) {
            assertThat(StoreReading.of(onDisk, queue)).isEqualTo(StoreReading.of(inMemory, queue));
        }
        assertThat(get(onDisk.heads())).isEqualTo(get(inMemory.heads()));
        assertThat(catalogOf(onDisk))
                .usingRecursiveFieldByFieldElementComparator()
                .isEqualTo(catalogOf(inMemory));
    }
}
