package dev.sluice.api.message;

import java.security.SecureRandom;

/**
 * Generates message ids (docs/api.md 1.1): 16 bytes each from xoshiro256++, seeded from the operating system. Ids must
 * be unique but need not be secret: an id grants nothing. One instance per event loop.
 */
public final class MessageIds {
    private long a;
    private long b;
    private long c;
    private long d;
    private long high;
    private long low;

    /** A generator with 256 random bits of state. */
    public MessageIds() {
        SecureRandom random = new SecureRandom();
        a = random.nextLong();
        b = random.nextLong();
        c = random.nextLong();
        d = random.nextLong() | 1;
    }

    /** Generates the next id. {@link #high()} and {@link #low()} then return it. */
    public void next() {
        high = nextLong();
        low = nextLong();
    }

    /** First 8 bytes of the last id. */
    public long high() {
        return high;
    }

    /** Last 8 bytes of the last id. */
    public long low() {
        return low;
    }

    private long nextLong() {
        long next = Long.rotateLeft(a + d, 23) + a;
        long shifted = b << 17;
        c ^= a;
        d ^= b;
        b ^= c;
        a ^= d;
        c ^= shifted;
        d = Long.rotateLeft(d, 45);
        return next;
    }
}
