package dev.sluice.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.TestTimeout;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Entries of a timeout queue. */
class TimeoutQueueTest {
    private static final long TIMEOUT_MILLIS = 1_000;

    private final Vertx vertx = Vertx.vertx();
    private final Context loop = vertx.getOrCreateContext();
    private final TimeoutQueue timeouts = new TimeoutQueue(vertx, TIMEOUT_MILLIS);
    /** Runs on the event loop. */
    private final List<String> late = new ArrayList<>();

    private boolean timersInTime;
    private CompletableFuture<List<String>> allLate = new CompletableFuture<>();

    private final class TestEntry extends TimeoutQueue.Entry {
        private final String name;
        private int moreTimes;

        TestEntry(String name, int moreTimes) {
            this.name = name;
            this.moreTimes = moreTimes;
        }

        @Override
        protected void onTimeout() {
            late.add(name);
            if (moreTimes-- > 0) {
                timeouts.add(this);
            } else if (name.equals("last")) {
                allLate.complete(late);
            }
        }
    }

    @AfterEach
    void close() {
        RunningRuntime.get(vertx.close());
    }

    @Test
    void removedEntriesDoNotTimeOutAndTheOthersTimeOutInOrder() throws Exception {
        loop.runOnContext(ignored -> {
            TestEntry ended = new TestEntry("ended", 0);
            timeouts.add(new TestEntry("first", 0));
            timeouts.add(ended);
            timeouts.add(new TestEntry("last", 0));
            timeouts.remove(ended);
            timeouts.remove(ended);
        });
        assertThat(allLate.get(TestTimeout.SECONDS, TimeUnit.SECONDS)).containsExactly("first", "last");
    }

    @Test
    void anEntryAddedAgainOnTimeoutDoesNotDelayTheOthers() throws Exception {
        do {
            late.clear();
            allLate = new CompletableFuture<>();
            timersInTime = true;
            loop.runOnContext(ignored -> {
                timeouts.add(new TestEntry("again", 1));
                after(TIMEOUT_MILLIS / 4, () -> timeouts.add(new TestEntry("other", 0)));
                // The other one times out after five quarters of the timeout, the re-added one after two timeouts.
                after(TIMEOUT_MILLIS * 7 / 4, () -> late.add("a timer"));
                after(TIMEOUT_MILLIS * 9 / 4, () -> timeouts.add(new TestEntry("last", 0)));
            });
            allLate.get(TestTimeout.SECONDS, TimeUnit.SECONDS);
        } while (!timersInTime);
        assertThat(late).containsExactly("again", "other", "a timer", "again", "last");
    }

    /** On a busy machine a timer may fire so late that the order proves nothing. */
    private void after(long millis, Runnable task) {
        long setNanos = System.nanoTime();
        vertx.setTimer(millis, fired -> {
            long firedMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - setNanos);
            timersInTime &= firedMillis < millis + TIMEOUT_MILLIS / 8;
            task.run();
        });
    }
}
