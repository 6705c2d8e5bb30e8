package dev.sluice.store;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * An append-only byte buffer. Numbers are big-endian, or varints as in RocksDB (LEB128: 7 bits per byte, lowest first).
 */
public final class RecordBytes {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    /** The largest size of a varint. */
    public static final int VARINT_BYTES_MAX = 10;

    private byte[] bytes;
    private int length;

    public RecordBytes(int capacityBytes) {
        bytes = new byte[capacityBytes];
    }

    public int length() {
        return length;
    }

    /** The backing array; the first {@link #length()} bytes are valid. */
    public byte[] array() {
        return bytes;
    }

    public byte[] toByteArray() {
        return Arrays.copyOf(bytes, length);
    }

    public RecordBytes put8(int value) {
        ensureCapacity(1);
        bytes[length++] = (byte) value;
        return this;
    }

    public RecordBytes put64(long value) {
        ensureCapacity(Long.BYTES);
        LONG.set(bytes, length, value);
        length += Long.BYTES;
        return this;
    }

    public RecordBytes putVarint(long value) {
        ensureCapacity(VARINT_BYTES_MAX);
        long remaining = value;
        while ((remaining & ~0x7FL) != 0) {
            bytes[length++] = (byte) (remaining | 0x80);
            remaining >>>= 7;
        }
        bytes[length++] = (byte) remaining;
        return this;
    }

    public RecordBytes putBytes(byte[] source) {
        ensureCapacity(source.length);
        System.arraycopy(source, 0, bytes, length, source.length);
        length += source.length;
        return this;
    }

    /** The size of {@link #putVarint} in bytes. */
    public static int varintBytes(long value) {
        return value == 0 ? 1 : (70 - Long.numberOfLeadingZeros(value)) / 7;
    }

    private void ensureCapacity(int additionalBytes) {
        if (bytes.length - length < additionalBytes) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + additionalBytes));
        }
    }
}
