package dev.sluice.queue;

import dev.sluice.TestSeed;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Compares random histories with a naive model. Windows hold a few messages only, so that the disk is read all the
 * time; the disk is behind memory; other commands run during reads; the process restarts.
 *
 * <p>A failure prints its seed; {@code -Dsluice.seed=N} repeats that history only, {@code -Dsluice.histories=N} sets
 * their number, {@code -Dsluice.random=true} uses other seeds.
 */
class QueueModelTest {
    private static final int HISTORIES = 10_000;
    private static final int STEPS = 100;
    private static final int STEPS_SHOWN = 200;

    @Test
    void aQueueBehavesLikeTheModel() {
        Long seed = Long.getLong("sluice.seed");
        if (seed != null) {
            run(seed);
            return;
        }
        long first = TestSeed.of("histories");
        int histories = Integer.getInteger("sluice.histories", HISTORIES);
        for (int i = 0; i < histories; i++) {
            run(first + i);
        }
    }

    private static void run(long seed) {
        try {
            new QueueHistory(seed, null).run(STEPS);
        } catch (AssertionError | RuntimeException failure) {
            throw new AssertionError("history of seed " + seed + "\n" + replay(seed), failure);
        }
    }

    /** Repeats a failing history and returns its steps. */
    private static String replay(long seed) {
        List<String> steps = new ArrayList<>();
        try {
            new QueueHistory(seed, steps).run(STEPS);
        } catch (AssertionError | RuntimeException expected) {
            steps.add(expected.toString());
        }
        return String.join("\n", steps.subList(Math.max(0, steps.size() - STEPS_SHOWN), steps.size()));
    }
}
