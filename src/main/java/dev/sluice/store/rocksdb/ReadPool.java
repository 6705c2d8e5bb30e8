package dev.sluice.store.rocksdb;

import dev.sluice.store.StoreException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread pool for blocking reads. Its queue is bounded: when it is full a read fails at once, and the caller may
 * retry.
 */
final class ReadPool {
    private static final Logger LOG = LoggerFactory.getLogger(ReadPool.class);

    private static final int THREADS = 2;
    private static final int QUEUED_READS_MAX = 4096;

    private final ThreadPoolExecutor threads = new ThreadPoolExecutor(
            THREADS, THREADS, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(QUEUED_READS_MAX), namedThreads());

    /** Runs a read on the pool. */
    <T> CompletionStage<T> read(Supplier<T> read) {
        CompletableFuture<T> result = new CompletableFuture<>();
        try {
            threads.execute(() -> run(read, result));
        } catch (RejectedExecutionException full) {
            result.completeExceptionally(new StoreException(
                    threads.isShutdown() ? "the store is closed" : "too many reads of the store are waiting"));
        }
        return result;
    }

    /** Completes the running reads and the queued ones, and refuses new ones. Blocks. */
    void close() {
        threads.shutdown();
        Uninterruptibly.await(() -> threads.awaitTermination(Long.MAX_VALUE, TimeUnit.NANOSECONDS));
    }

    private static <T> void run(Supplier<T> read, CompletableFuture<T> result) {
        try {
            result.complete(read.get());
        } catch (RuntimeException | Error failure) {
            if (failure instanceof Error) {
                // The caller may not log the failure, and an error must be visible.
                LOG.error("A read of the store failed", failure);
            }
            result.completeExceptionally(StoreException.ofRead(failure));
        }
    }

    private static ThreadFactory namedThreads() {
        AtomicInteger number = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, "sluice-store-read-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }
}
