package dev.sluice.runtime;

import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

/**
 * Random histories of queues with activation and passivation, dead letters, a slow and failing store, lost power, all on one
 * thread under one clock.
 *
 * <p>A failure names its seed; {@code -Dsluice.simulation.seed=N} plays that history alone,
 * {@code -Dsluice.simulation.seeds=N} more or fewer of them.
 */
class RuntimeSimulationTest {
    private static final int SEEDS = 1_000;
    private static final int STEPS = 200;

    @Test
    void nothingIsLostDoubledOrLeftWaiting() {
        Long seed = Long.getLong("sluice.simulation.seed");
        if (seed != null) {
            play(seed);
            return;
        }
        long first = ThreadLocalRandom.current().nextLong(Integer.MAX_VALUE);
        int seeds = Integer.getInteger("sluice.simulation.seeds", SEEDS);
        for (int i = 0; i < seeds; i++) {
            play(first + i);
        }
    }

    private static void play(long seed) {
        try {
            new Simulation(seed).run(STEPS);
        } catch (AssertionError | RuntimeException failure) {
            throw new AssertionError("simulation of seed " + seed, failure);
        }
    }
}
