package dev.sluice.store.rocksdb;

import static dev.sluice.store.Samples.arrival;
import static dev.sluice.store.Samples.enqueued;
import static dev.sluice.store.Samples.head;

import dev.sluice.store.Durability;
import dev.sluice.store.Samples;
import dev.sluice.store.StoreBatch;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.concurrent.Semaphore;

/**
 * Main class of a process to be killed: commits one message after the other and prints the seq of each stored message.
 */
final class CommitStream {
    private static final int PENDING_MAX = 64;

    private CommitStream() {}

    public static void main(String[] arguments) throws InterruptedException {
        PrintStream out = System.out;
        Semaphore permits = new Semaphore(PENDING_MAX);
        try (RocksDbStore store = RocksDbStore.open(Path.of(arguments[0]), Durability.valueOf(arguments[1]))) {
            for (long seq = Long.parseLong(arguments[2]); seq < Long.MAX_VALUE; seq++) {
                permits.acquire();
                StoreBatch batch = Samples.batch();
                batch.add(1, enqueued(arrival(seq)));
                batch.head(1, head(seq + 1));
                long stored = seq;
                store.commit(batch, failure -> {
                    out.println(failure == null ? stored : -1);
                    permits.release();
                });
            }
        }
    }
}
