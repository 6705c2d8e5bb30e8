package dev.sluice.store.rocksdb.wal;

import java.util.zip.CRC32C;

/**
 * Tells one flipped bit from a write that was cut. A CRC is linear: a flipped bit changes it by an amount that depends on nothing
 * but how far it is from the end, so all positions are tried in one pass. By chance, bytes that were cut look like this once in 16,000
 * times, if there are 32 KiB of them.
 */
final class BitFlip {
    private static final int POLYNOMIAL = 0x82F63B78;

    private BitFlip() {}

    /** Whether the bytes have that CRC-32C when one bit in them is flipped back. */
    static boolean matches(byte[] bytes, int from, int to, int expectedCrc) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, from, to - from);
        int difference = (int) crc.getValue() ^ expectedCrc;
        int[] changes = new int[Byte.SIZE];
        for (int bit = 0; bit < Byte.SIZE; bit++) {
            changes[bit] = behindOneByte(1 << bit);
        }
        for (int position = to - 1; position >= from; position--) {
            for (int bit = 0; bit < Byte.SIZE; bit++) {
                if (changes[bit] == difference) {
                    return true;
                }
                changes[bit] = behindOneByte(changes[bit]);
            }
        }
        return false;
    }

    /** What a change becomes when one more byte follows. */
    private static int behindOneByte(int change) {
        int later = change;
        for (int bit = 0; bit < Byte.SIZE; bit++) {
            later = (later & 1) == 0 ? later >>> 1 : later >>> 1 ^ POLYNOMIAL;
        }
        return later;
    }
}
