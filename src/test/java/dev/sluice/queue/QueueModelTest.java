package dev.sluice.queue;

import dev.sluice.TestSeed;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Random histories against a naive model: windows of a few messages, so that the disk is read all the time, on a disk that lags behind;
 * reads that are overtaken by other commands; restarts.
 *
 * <p>A failure names its seed; {@code -Dsluice.seed=N} plays that history alone, {@code -Dsluice.histories=N} more or fewer of
 * them, {@code -Dsluice.random=true} others.
 */
class QueueModelTest {
    private static final int HISTORIES = 10_000;
    private static final int STEPS = 100;
    private static final int STEPS_SHOWN = 200;

    @Test
    void aQueueDoesWhatTheReferenceSays() {
        Long seed = Long.getLong("sluice.seed");
        if (seed != null) {
            play(seed);
            return;
        }
        long first = TestSeed.of("histories");
        int histories = Integer.getInteger("sluice.histories", HISTORIES);
        for (int i = 0; i < histories; i++) {
            play(first + i);
        }
    }

    private static void play(long seed) {
        try {
            new QueueHistory(seed, null).run(STEPS);
        } catch (AssertionError | RuntimeException failure) {
            throw new AssertionError("history of seed " + seed + "\n" + replay(seed), failure);
        }
    }

    /** Plays a failing history again to tell what happened. */
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
