package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** A requirement of a test on the machine, besides Java. */
public final class Requirement {
    private Requirement() {}

    /**
     * Skips the test if the requirement is not met. With {@code CI=true} in the environment the test fails instead, so
     * that no gap stays unnoticed.
     */
    public static void check(boolean met, String obstacle) {
        if ("true".equals(System.getenv("CI"))) {
            assertThat(met).as("in CI nothing is skipped: %s", obstacle).isTrue();
        }
        assumeTrue(met, obstacle);
    }
}
