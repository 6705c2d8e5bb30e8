package dev.sluice.runtime;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.sluice.TestSeed;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/**
 * Random histories of queues with activation and passivation, dead letters, a slow and failing store, and power loss,
 * all on one thread with one clock.
 *
 * <p>A failure names its seed. {@code -Dsluice.simulation.seed=N} runs that history alone, {@code
 * -Dsluice.simulation.seeds=N} runs that many, {@code -Dsluice.random=true} uses random seeds.
 */
class RuntimeSimulationTest {
    private static final int SEEDS = 1_000;
    private static final int STEPS = 200;

    private final Logger log = (Logger) LoggerFactory.getLogger("dev.sluice");
    private Level level;

    /** A store that fails all the time logs many lines. */
    @BeforeEach
    void silenceTheLog() {
        level = log.getLevel();
        log.setLevel(Level.OFF);
    }

    @AfterEach
    void restoreTheLog() {
        log.setLevel(level);
    }

    @Test
    void noMessageIsLostOrDuplicatedAndNoRequestStaysPending() {
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
