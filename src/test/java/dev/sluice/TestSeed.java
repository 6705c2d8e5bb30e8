package dev.sluice;

import java.util.concurrent.ThreadLocalRandom;

/**
 * The seeds of random tests. By default they are fixed, so that a correct change does not fail because of an old fault;
 * {@code -Dsluice.random=true} draws new ones, as {@code make simulate} does. The seed is always printed.
 */
public final class TestSeed {
    /** The seed of every property; jqwik prints it with the result. */
    public static final String PROPERTIES = "20251124";

    private static final long FIXED = Long.parseLong(PROPERTIES);

    private TestSeed() {}

    /** The seed of the test named {@code what}, or the first of its seeds. */
    public static long of(String what) {
        long seed = Boolean.getBoolean("sluice.random")
                ? ThreadLocalRandom.current().nextLong(Integer.MAX_VALUE)
                : FIXED;
        System.out.println("seed of " + what + ": " + seed);
        return seed;
    }
}
