package dev.sluice.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.queue.Content;
import dev.sluice.queue.ContentType;
import dev.sluice.queue.DeadLetterOrigin;
import dev.sluice.queue.DeadLetterReason;
import dev.sluice.queue.MessageHeader;
import dev.sluice.queue.TraceContext;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class StoredTraceTest {
    private static final MessageHeader HEADER = new MessageHeader(7, 1, 1, 2, false);
    private static final byte[] BODY = {'h', 'i'};
    private static final String START = "00" + "0000000000000001" + "02" + "0000000000000001" + "0000000000000002";

    private static byte[] written(Content content) {
        RecordBytes bytes = new RecordBytes(8);
        RecordFormat.writeMessage(bytes, HEADER, content);
        assertThat(bytes.length()).isEqualTo(RecordFormat.messageBytes(HEADER, content));
        return bytes.toByteArray();
    }

    private static Content content(DeadLetterOrigin origin, TraceContext trace) {
        return new Content(1, 2, ContentType.TEXT, 0, BODY, origin, trace);
    }

    @Test
    void aMessageWithoutATraceIsStoredAsBeforeTraces() {
        assertThat(written(content(null, null))).isEqualTo(HexFormat.of().parseHex(START + "01" + "00" + "6869"));
    }

    @Test
    void aTraceFollowsTheDelay() {
        TraceContext trace = new TraceContext(0xA, 0xB, 0xC, 1, "k=v");
        byte[] record = written(content(null, trace));

        assertThat(record)
                .isEqualTo(HexFormat.of()
                        .parseHex(START + "41" + "00" + "000000000000000a" + "000000000000000b" + "000000000000000c"
                                + "01" + "03" + "6b3d76" + "6869"));
        assertThat(RecordFormat.readMessage(record, 7).content().trace()).isEqualTo(trace);
        assertThat(RecordFormat.readMessage(record, 7).content().body()).isEqualTo(BODY);
    }

    @Test
    void aDeadLetterKeepsItsTraceBesideItsOrigin() {
        DeadLetterOrigin origin = new DeadLetterOrigin(300, "jobs", DeadLetterReason.RETRIED, 5, 4);
        TraceContext trace = new TraceContext(-1, -2, -3, 3, "x".repeat(200) + "=" + "y".repeat(200));
        Content read =
                RecordFormat.readMessage(written(content(origin, trace)), 7).content();

        assertThat(read.deadLetter()).isEqualTo(origin);
        assertThat(read.trace()).isEqualTo(trace);
        assertThat(read.from(null).trace()).isEqualTo(trace);
    }

    @Test
    void aTruncatedOrTooLongTraceIsReportedAsDamage() {
        byte[] record = written(content(null, new TraceContext(1, 2, 3, 1, "k=v")));
        int end = record.length - BODY.length;
        for (int size = end - 1; size >= end - 28; size--) {
            byte[] truncated = Arrays.copyOf(record, size);
            assertThatThrownBy(() -> RecordFormat.readMessage(truncated, 7)).isInstanceOf(StoreCorruptException.class);
        }
        byte[] tooLong =
                HexFormat.of().parseHex(START + "41" + "00" + "01".repeat(24) + "01" + "8104" + "6b".repeat(600));
        assertThatThrownBy(() -> RecordFormat.readMessage(tooLong, 7))
                .isInstanceOf(StoreCorruptException.class)
                .hasMessageContaining("513 bytes");
    }
}
