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

/** What has begun and should end in time. */
class TimeoutEntryTest {
    private static final long TIMEOUT_MILLIS = 1_000;

    private final Vertx vertx = Vertx.vertx();
    private final Context loop = vertx.getOrCreateContext();
    private final TimeoutQueue deadlines = new TimeoutQueue(vertx, TIMEOUT_MILLIS);
    /** On the event loop. */
    private final List<String> late = new ArrayList<>();

    private boolean timersInTime;
    private CompletableFuture<List<String>> allLate = new CompletableFuture<>();

    private final class Thing extends TimeoutQueue.Entry {
        private final String name;
        private int moreTimes;

        Thing(String name, int moreTimes) {
            this.name = name;
            this.moreTimes = moreTimes;
        }

        @Override
        protected void onTimeout() {
            late.add(name);
            if (moreTimes-- > 0) {
                deadlines.begin(this);
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
    void whatEndsInTimeIsNotLateAndTheOthersAreInTheirOrder() throws Exception {
        loop.runOnContext(nothing -> {
            Thing ended = new Thing("ended", 0);
            deadlines.begin(new Thing("first", 0));
            deadlines.begin(ended);
            deadlines.begin(new Thing("last", 0));
            deadlines.end(ended);
            deadlines.end(ended);
        });
        assertThat(allLate.get(TestTimeout.SECONDS, TimeUnit.SECONDS)).containsExactly("first", "last");
    }

    @Test
    void whatBeginsAgainWhenItIsLateDoesNotDelayTheOthers() throws Exception {
        do {
            late.clear();
            allLate = new CompletableFuture<>();
            timersInTime = true;
            loop.runOnContext(nothing -> {
                deadlines.begin(new Thing("again", 1));
                after(TIMEOUT_MILLIS / 4, () -> deadlines.begin(new Thing("other", 0)));
                // The other one is late after five quarters, and what has begun again after two whole ones.
                after(TIMEOUT_MILLIS * 7 / 4, () -> late.add("a timer"));
                after(TIMEOUT_MILLIS * 9 / 4, () -> deadlines.begin(new Thing("last", 0)));
            });
            allLate.get(TestTimeout.SECONDS, TimeUnit.SECONDS);
        } while (!timersInTime);
        assertThat(late).containsExactly("again", "other", "a timer", "again", "last");
    }

    /** On a busy machine a timer may fire so late that the order says nothing. */
    private void after(long millis, Runnable task) {
        long setNanos = System.nanoTime();
        vertx.setTimer(millis, fired -> {
            long firedMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - setNanos);
            timersInTime &= firedMillis < millis + TIMEOUT_MILLIS / 8;
            task.run();
        });
    }
}
