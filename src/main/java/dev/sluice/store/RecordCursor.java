package dev.sluice.store;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Reads the format of {@link RecordBytes} and validates it: reading past the end throws a {@link
 * StoreCorruptException}.
 */
public final class RecordCursor {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private final byte[] bytes;
    private final int end;
    private int position;

    public RecordCursor(byte[] bytes) {
        this(bytes, 0, bytes.length);
    }

    public RecordCursor(byte[] bytes, int from, int end) {
        this.bytes = bytes;
        this.position = from;
        this.end = end;
    }

    public boolean atEnd() {
        return position == end;
    }

    public int get8() {
        require(1);
        return bytes[position++] & 0xFF;
    }

    long get64() {
        require(Long.BYTES);
        long value = (long) LONG.get(bytes, position);
        position += Long.BYTES;
        return value;
    }

    long getVarint() {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            int next = get8();
            value |= (long) (next & 0x7F) << shift;
            if (next < 0x80) {
                return value;
            }
        }
        throw new StoreCorruptException("a stored number is too long");
    }

    /** Reads a varint that is a size or a small count. */
    public int getVarint32() {
        long value = getVarint();
        if (value < 0 || value > Integer.MAX_VALUE) {
            throw new StoreCorruptException("the stored number " + value + " is out of range");
        }
        return (int) value;
    }

    public byte[] getBytes(int count) {
        require(count);
        byte[] copy = Arrays.copyOfRange(bytes, position, position + count);
        position += count;
        return copy;
    }

    byte[] getRest() {
        return getBytes(end - position);
    }

    void expectEnd() {
        if (position != end) {
            throw new StoreCorruptException("a stored record is " + (end - position) + " bytes too long");
        }
    }

    private void require(int count) {
        if (count < 0 || end - position < count) {
            throw new StoreCorruptException("a stored record ends too early");
        }
    }
}
