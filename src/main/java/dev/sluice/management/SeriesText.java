package dev.sluice.management;

import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A text in the format of Prometheus, to which its library writes too. The methods of this class are for metrics with
 * tens of thousands of samples: labels are encoded once and copied for each sample, and nothing is allocated for it.
 * For one thread.
 */
final class SeriesText extends OutputStream {
    private static final int NUMBER_BYTES_MAX = 32;
    private static final byte[] NO_HEADER = {};

    private byte[] bytes;
    private int length;
    private byte[] name = {};
    /** Of the current metric; empty after its first sample. A metric without samples is left out. */
    private byte[] header = NO_HEADER;

    SeriesText(int capacityBytes) {
        bytes = new byte[capacityBytes];
    }

    /** Labels as they follow the name of a metric, with the space before the value. */
    static byte[] labels(String... namesAndValues) {
        StringBuilder text = new StringBuilder("{");
        for (int i = 0; i < namesAndValues.length; i += 2) {
            text.append(i == 0 ? "" : ",").append(namesAndValues[i]).append("=\"");
            text.append(namesAndValues[i + 1]
                    .replace("\\", "\\\\")
                    .replace("\"", "\\\"")
                    .replace("\n", "\\n"));
            text.append('"');
        }
        return text.append("} ").toString().getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Begins a metric.
     *
     * @param help one line
     */
    void begin(String metric, String type, String help) {
        name = metric.getBytes(StandardCharsets.US_ASCII);
        header = ("# HELP " + metric + " " + help + "\n# TYPE " + metric + " " + type + "\n")
                .getBytes(StandardCharsets.UTF_8);
    }

    /** Adds a sample of the current metric. */
    SeriesText sample(byte[] labels, long value) {
        start(labels);
        number(value);
        return end();
    }

    /** Adds a sample of the current metric. */
    SeriesText sample(byte[] labels, double value) {
        start(labels);
        put(Double.toString(value).getBytes(StandardCharsets.US_ASCII));
        return end();
    }

    private void start(byte[] labels) {
        put(header);
        header = NO_HEADER;
        put(name);
        put(labels);
    }

    private SeriesText end() {
        reserve(1);
        bytes[length++] = '\n';
        return this;
    }

    /** A number from 0; others as the JDK writes them. */
    private void number(long value) {
        if (value < 0) {
            put(Long.toString(value).getBytes(StandardCharsets.US_ASCII));
            return;
        }
        reserve(NUMBER_BYTES_MAX);
        int digits = 1;
        for (long rest = value / 10; rest > 0; rest /= 10) {
            digits++;
        }
        long rest = value;
        for (int at = length + digits - 1; at >= length; at--) {
            bytes[at] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        length += digits;
    }

    private void put(byte[] source) {
        write(source, 0, source.length);
    }

    private void reserve(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(length + more, bytes.length + bytes.length / 2));
        }
    }

    @Override
    public void write(int one) {
        reserve(1);
        bytes[length++] = (byte) one;
    }

    @Override
    public void write(byte[] source, int from, int count) {
        reserve(count);
        System.arraycopy(source, from, bytes, length, count);
        length += count;
    }

    /** Everything so far, without a copy. Nothing may be written any more. */
    Buffer toBuffer() {
        return BufferInternal.buffer(Unpooled.wrappedBuffer(bytes, 0, length));
    }
}
