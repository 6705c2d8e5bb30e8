package dev.sluice.store;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * An append-only byte buffer. Numbers are big-endian, or varints as in RocksDB (LEB128: 7 bits per byte, lowest first).
 */
final class RecordBytes {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private byte[] bytes;
    private int length;

    RecordBytes(int capacityBytes) {
        bytes = new byte[capacityBytes];
    }

    int length() {
        return length;
    }

    /** The backing array; the first {@link #length()} bytes are valid. */
    byte[] array() {
        return bytes;
    }

    byte[] toByteArray() {
        return Arrays.copyOf(bytes, length);
    }

    RecordBytes put8(int value) {
        ensureCapacity(1);
        bytes[length++] = (byte) value;
        return this;
    }

    RecordBytes put64(long value) {
        ensureCapacity(Long.BYTES);
        LONG.set(bytes, length, value);
        length += Long.BYTES;
        return this;
    }

    RecordBytes putVarint(long value) {
        ensureCapacity(10);
        long remaining = value;
        while ((remaining & ~0x7FL) != 0) {
            bytes[length++] = (byte) (remaining | 0x80);
            remaining >>>= 7;
        }
        bytes[length++] = (byte) remaining;
        return this;
    }

    RecordBytes putBytes(byte[] source) {
        ensureCapacity(source.length);
        System.arraycopy(source, 0, bytes, length, source.length);
        length += source.length;
        return this;
    }

    /** The size of {@link #putVarint} in bytes. */
    static int varintBytes(long value) {
        return value == 0 ? 1 : (70 - Long.numberOfLeadingZeros(value)) / 7;
    }

    private void ensureCapacity(int additionalBytes) {
        if (bytes.length - length < additionalBytes) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + additionalBytes));
        }
    }
}
