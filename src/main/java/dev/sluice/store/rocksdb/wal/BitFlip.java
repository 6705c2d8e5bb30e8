package dev.sluice.store.rocksdb.wal;

import java.util.zip.CRC32C;

/**
 * Distinguishes one flipped bit from a torn write. A CRC is linear: a flipped bit changes it by a value that depends
 * only on the distance of the bit from the end, so one pass checks all positions. In 32 KiB of a torn write the
 * probability of a false match is 1 in 16,000.
 */
final class BitFlip {
    private static final int POLYNOMIAL = 0x82F63B78;

    private BitFlip() {}

    /** Whether the bytes have that CRC-32C after one of their bits is flipped. */
    static boolean matches(byte[] bytes, int from, int to, int expectedCrc) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, from, to - from);
        int difference = (int) crc.getValue() ^ expectedCrc;
        int[] differences = new int[Byte.SIZE];
        for (int bit = 0; bit < Byte.SIZE; bit++) {
            differences[bit] = afterOneByte(1 << bit);
        }
        for (int position = to - 1; position >= from; position--) {
            for (int bit = 0; bit < Byte.SIZE; bit++) {
                if (differences[bit] == difference) {
                    return true;
                }
                differences[bit] = afterOneByte(differences[bit]);
            }
        }
        return false;
    }

    /** How a difference in the CRC continues after one more byte. */
    private static int afterOneByte(int difference) {
        int later = difference;
        for (int bit = 0; bit < Byte.SIZE; bit++) {
            later = (later & 1) == 0 ? later >>> 1 : later >>> 1 ^ POLYNOMIAL;
        }
        return later;
    }
}
