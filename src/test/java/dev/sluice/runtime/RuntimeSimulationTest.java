package dev.sluice.runtime;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.sluice.TestSeed;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/**
 * Random histories of queues with activation and passivation, dead letters, a slow and failing store, lost power, all on one
 * thread under one clock.
 *
 * <p>A failure names its seed; {@code -Dsluice.simulation.seed=N} plays that history alone,
 * {@code -Dsluice.simulation.seeds=N} more or fewer of them, {@code -Dsluice.random=true} others.
 */
class RuntimeSimulationTest {
    private static final int SEEDS = 1_000;
    private static final int STEPS = 200;

    private final Logger log = (Logger) LoggerFactory.getLogger("dev.sluice");
    private Level level;

    /** A store that fails all the time makes many lines. */
    @BeforeEach
    void beQuiet() {
        level = log.getLevel();
        log.setLevel(Level.OFF);
    }

    @AfterEach
    void speakAgain() {
        log.setLevel(level);
    }

    @Test
    void nothingIsLostDoubledOrLeftWaiting() {
        Long seed = Long.getLong("sluice.simulation.seed");
        if (seed != null) {
            play(seed);
            return;
        }
        long first = TestSeed.of("simulations");
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
