package dev.sluice.api.message;

import java.security.SecureRandom;

/**
 * Draws message ids (docs/api.md 1.1): 16 bytes each from xoshiro256++, seeded from the operating system. Ids need to be
 * unique, not secret: nothing can be done with one. One instance per event loop.
 */
public final class MessageIds {
    private long a;
    private long b;
    private long c;
    private long d;
    private long high;
    private long low;

    /** A generator with 256 fresh random bits. */
    public MessageIds() {
        SecureRandom random = new SecureRandom();
        a = random.nextLong();
        b = random.nextLong();
        c = random.nextLong();
        d = random.nextLong() | 1;
    }

    /** Draws the next id, which {@link #high()} and {@link #low()} then tell. */
    public void next() {
        high = draw();
        low = draw();
    }

    /** First 8 bytes of the id drawn last. */
    public long high() {
        return high;
    }

    /** Last 8 bytes of the id drawn last. */
    public long low() {
        return low;
    }

    private long draw() {
        long drawn = Long.rotateLeft(a + d, 23) + a;
        long shifted = b << 17;
        c ^= a;
        d ^= b;
        b ^= c;
        a ^= d;
        c ^= shifted;
        d = Long.rotateLeft(d, 45);
        return drawn;
    }
}
