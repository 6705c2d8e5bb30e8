package dev.sluice;

import java.util.concurrent.ThreadLocalRandom;

/**
 * Where random histories begin. The same ones are played on every run of the tests, so that a change that did not break anything is not
 * blamed for an old fault; {@code -Dsluice.random=true} plays others, as {@code make simulate} does. Either way the seed is printed.
 */
public final class TestSeed {
    /** The seed of every property; jqwik prints it with the result. */
    public static final String PROPERTIES = "20251124";

    private static final long FIXED = Long.parseLong(PROPERTIES);

    private TestSeed() {}

    /** The seed, or the first of many, of what is named so. */
    public static long of(String what) {
        long seed = Boolean.getBoolean("sluice.random")
                ? ThreadLocalRandom.current().nextLong(Integer.MAX_VALUE)
                : FIXED;
        System.out.println("seed of " + what + ": " + seed);
        return seed;
    }
}
