package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** What a test needs of the machine beside Java. */
public final class Requirement {
    private Requirement() {}

    /** Skips the test if the machine lacks it; with {@code CI=true} in the environment the test fails instead, so that no gap goes unseen. */
    public static void check(boolean met, String obstacle) {
        if ("true".equals(System.getenv("CI"))) {
            assertThat(met).as("in CI nothing is skipped: %s", obstacle).isTrue();
        }
        assumeTrue(met, obstacle);
    }
}
