package dev.sluice.store;

import dev.sluice.queue.Content;
import dev.sluice.queue.ContentType;
import dev.sluice.queue.DeadLetterMove;
import dev.sluice.queue.DeadLetterOrigin;
import dev.sluice.queue.DeadLetterReason;
import dev.sluice.queue.Lease;
import dev.sluice.queue.MessageHeader;
import dev.sluice.queue.QueueHead;
import dev.sluice.queue.ScheduledMessage;
import dev.sluice.queue.TraceContext;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The format of values. Every value that describes a message begins with the message header (without the seq, which is
 * in the key), so that index reads never touch a body.
 *
 * <pre>
 * header   flags:1 (1 delayed, 2 original timestamp)  storedAt:8  [timestamp:8 if flag 2]  bodyBytes:varint
 * message  header  idHigh:8  idLow:8  contentType:1 (+128 with an origin, +64 with a trace)  delaySeconds:varint
 *          [origin]  [trace]  body
 * origin   queueNumber:varint  reason:1  at:8  attempts:varint  nameBytes:varint  name
 * trace    traceIdHigh:8  traceIdLow:8  spanId:8  flags:1  stateBytes:varint  state
 * lease    header  delivery:varint  expiresAt:8
 * waiting  header  deliveries:varint  availableAt:8
 * schedule header  deliveries:varint
 * head     13 varints in the order of the record's components
 * </pre>
 */
final class RecordFormat {
    /** Upper bound for the size of a header. */
    static final int HEADER_BYTES_MAX = 1 + 2 * Long.BYTES + 5;

    /** Added to the content type of a dead letter whose origin is known. */
    private static final int ORIGIN_TAG = 0x80;
    /** Added to the content type of a message that is part of a trace. */
    private static final int TRACE_TAG = 0x40;
    /** A longer name of a queue is damage. */
    private static final int NAME_BYTES_MAX = 1024;
    /** Far more messages than a move has. */
    private static final int MOVE_LETTERS_MAX = 10_000;

    private static final int FLAG_DELAYED = 1;
    private static final int FLAG_ORIGINAL_TIMESTAMP = 2;

    private RecordFormat() {}

    static int headerBytes(MessageHeader header) {
        return 1
                + Long.BYTES
                + (header.hasOriginalTimestamp() ? Long.BYTES : 0)
                + RecordBytes.varintBytes(header.bodyBytes());
    }

    static void writeHeader(RecordBytes to, MessageHeader header) {
        boolean hasOriginalTimestamp = header.hasOriginalTimestamp();
        to.put8((header.delayed() ? FLAG_DELAYED : 0) | (hasOriginalTimestamp ? FLAG_ORIGINAL_TIMESTAMP : 0));
        to.put64(header.storedAtMillis());
        if (hasOriginalTimestamp) {
            to.put64(header.timestampMillis());
        }
        to.putVarint(header.bodyBytes());
    }

    static MessageHeader readHeader(RecordCursor from, long seq) {
        int flags = from.get8();
        if ((flags & ~(FLAG_DELAYED | FLAG_ORIGINAL_TIMESTAMP)) != 0) {
            throw new StoreCorruptException("a stored message has the unknown flags " + flags);
        }
        long storedAtMillis = from.get64();
        long timestampMillis = (flags & FLAG_ORIGINAL_TIMESTAMP) != 0 ? from.get64() : storedAtMillis;
        int bodyBytes = from.getVarint32();
        return new MessageHeader(seq, timestampMillis, storedAtMillis, bodyBytes, (flags & FLAG_DELAYED) != 0);
    }

    static MessageHeader readHeaderOnly(byte[] value, long seq) {
        RecordCursor from = new RecordCursor(value);
        MessageHeader header = readHeader(from, seq);
        from.expectEnd();
        return header;
    }

    static int messageBytes(MessageHeader header, Content content) {
        return headerBytes(header)
                + 2 * Long.BYTES
                + 1
                + RecordBytes.varintBytes(content.delaySeconds())
                + originBytes(content.deadLetter())
                + traceBytes(content.trace())
                + content.body().length;
    }

    private static int traceBytes(@Nullable TraceContext trace) {
        if (trace == null) {
            return 0;
        }
        int stateBytes = trace.state().length();
        return 3 * Long.BYTES + 1 + RecordBytes.varintBytes(stateBytes) + stateBytes;
    }

    private static int originBytes(@Nullable DeadLetterOrigin origin) {
        if (origin == null) {
            return 0;
        }
        int nameBytes = origin.queueName().getBytes(StandardCharsets.UTF_8).length;
        return RecordBytes.varintBytes(origin.queueNumber())
                + 1
                + Long.BYTES
                + RecordBytes.varintBytes(origin.attempts())
                + RecordBytes.varintBytes(nameBytes)
                + nameBytes;
    }

    static void writeMessage(RecordBytes to, MessageHeader header, Content content) {
        writeHeader(to, header);
        to.put64(content.idHigh()).put64(content.idLow());
        DeadLetterOrigin origin = content.deadLetter();
        TraceContext trace = content.trace();
        to.put8(content.contentType().tag() | (origin == null ? 0 : ORIGIN_TAG) | (trace == null ? 0 : TRACE_TAG));
        to.putVarint(content.delaySeconds());
        if (origin != null) {
            writeOrigin(to, origin);
        }
        if (trace != null) {
            writeTrace(to, trace);
        }
        to.putBytes(content.body());
    }

    static StoredMessage readMessage(byte[] value, long seq) {
        RecordCursor from = new RecordCursor(value);
        MessageHeader header = readHeader(from, seq);
        long idHigh = from.get64();
        long idLow = from.get64();
        int tag = from.get8();
        ContentType contentType = contentTypeOf(tag & ~(ORIGIN_TAG | TRACE_TAG));
        int delaySeconds = from.getVarint32();
        DeadLetterOrigin origin = (tag & ORIGIN_TAG) == 0 ? null : readOrigin(from);
        TraceContext trace = (tag & TRACE_TAG) == 0 ? null : readTrace(from);
        return new StoredMessage(
                header, new Content(idHigh, idLow, contentType, delaySeconds, from.getRest(), origin, trace));
    }

    private static void writeTrace(RecordBytes to, TraceContext trace) {
        byte[] state = trace.stateBytes();
        to.put64(trace.traceIdHigh()).put64(trace.traceIdLow()).put64(trace.spanId());
        to.put8(trace.flags());
        to.putVarint(state.length).putBytes(state);
    }

    private static TraceContext readTrace(RecordCursor from) {
        long traceIdHigh = from.get64();
        long traceIdLow = from.get64();
        long spanId = from.get64();
        int flags = from.get8();
        int stateBytes = from.getVarint32();
        if (stateBytes > TraceContext.STATE_CHARS_MAX) {
            throw new StoreCorruptException("a stored message has a trace state of " + stateBytes + " bytes");
        }
        String state = new String(from.getBytes(stateBytes), StandardCharsets.US_ASCII);
        return new TraceContext(traceIdHigh, traceIdLow, spanId, flags, state);
    }

    private static void writeOrigin(RecordBytes to, DeadLetterOrigin origin) {
        byte[] name = origin.queueName().getBytes(StandardCharsets.UTF_8);
        to.putVarint(origin.queueNumber());
        to.put8(origin.reason().tag()).put64(origin.atMillis());
        to.putVarint(origin.attempts());
        to.putVarint(name.length).putBytes(name);
    }

    private static DeadLetterOrigin readOrigin(RecordCursor from) {
        long queueNumber = from.getVarint();
        int reason = from.get8();
        long atMillis = from.get64();
        int attempts = from.getVarint32();
        int nameBytes = from.getVarint32();
        if (nameBytes > NAME_BYTES_MAX) {
            throw new StoreCorruptException("a dead letter names a queue of " + nameBytes + " bytes");
        }
        String name = new String(from.getBytes(nameBytes), StandardCharsets.UTF_8);
        try {
            return new DeadLetterOrigin(queueNumber, name, DeadLetterReason.ofTag(reason), atMillis, attempts);
        } catch (IllegalArgumentException unknown) {
            throw new StoreCorruptException("a dead letter has the unknown reason " + reason, unknown);
        }
    }

    static int leaseBytes(Lease lease) {
        return headerBytes(lease.header()) + RecordBytes.varintBytes(lease.delivery()) + Long.BYTES;
    }

    static void writeLease(RecordBytes to, Lease lease) {
        writeHeader(to, lease.header());
        to.putVarint(lease.delivery()).put64(lease.expiresAtMillis());
    }

    static Lease readLease(byte[] value, long seq) {
        RecordCursor from = new RecordCursor(value);
        Lease lease = new Lease(readHeader(from, seq), from.getVarint32(), from.get64());
        from.expectEnd();
        return lease;
    }

    static int scheduleBytes(MessageHeader header, int deliveries) {
        return headerBytes(header) + RecordBytes.varintBytes(deliveries);
    }

    static void writeSchedule(RecordBytes to, MessageHeader header, int deliveries) {
        writeHeader(to, header);
        to.putVarint(deliveries);
    }

    static ScheduledMessage readSchedule(byte[] value, long seq, long availableAtMillis) {
        RecordCursor from = new RecordCursor(value);
        ScheduledMessage scheduled = new ScheduledMessage(readHeader(from, seq), from.getVarint32(), availableAtMillis);
        from.expectEnd();
        return scheduled;
    }

    static int waitingBytes(MessageHeader header, int deliveries) {
        return scheduleBytes(header, deliveries) + Long.BYTES;
    }

    static void writeWaiting(RecordBytes to, MessageHeader header, int deliveries, long availableAtMillis) {
        writeSchedule(to, header, deliveries);
        to.put64(availableAtMillis);
    }

    static ScheduledMessage readWaiting(byte[] value, long seq) {
        RecordCursor from = new RecordCursor(value);
        ScheduledMessage scheduled = new ScheduledMessage(readHeader(from, seq), from.getVarint32(), from.get64());
        from.expectEnd();
        return scheduled;
    }

    static byte[] move(DeadLetterMove move) {
        RecordBytes to = new RecordBytes(32 + move.letters().size() * 16)
                .putVarint(move.number())
                .putVarint(move.targetNumber())
                .putVarint(move.letters().size());
        for (DeadLetterMove.Letter letter : move.letters()) {
            to.putVarint(letter.seq()).put8(letter.reason().tag()).put64(letter.atMillis());
        }
        return to.toByteArray();
    }

    static DeadLetterMove readMove(byte[] value) {
        RecordCursor from = new RecordCursor(value);
        long number = from.getVarint();
        long targetNumber = from.getVarint();
        int count = from.getVarint32();
        if (count > MOVE_LETTERS_MAX) {
            throw new StoreCorruptException("a move has " + count + " messages");
        }
        List<DeadLetterMove.Letter> letters = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            long seq = from.getVarint();
            int reason = from.get8();
            long atMillis = from.get64();
            try {
                letters.add(new DeadLetterMove.Letter(seq, DeadLetterReason.ofTag(reason), atMillis));
            } catch (IllegalArgumentException unknown) {
                throw new StoreCorruptException("a move has the unknown reason " + reason, unknown);
            }
        }
        from.expectEnd();
        return new DeadLetterMove(number, targetNumber, List.copyOf(letters));
    }

    static byte[] moveNumber(long number) {
        return new RecordBytes(RecordBytes.VARINT_BYTES_MAX).putVarint(number).toByteArray();
    }

    static long readMoveNumber(byte[] value) {
        RecordCursor from = new RecordCursor(value);
        long number = from.getVarint();
        from.expectEnd();
        return number;
    }

    static byte[] head(QueueHead head) {
        return new RecordBytes(96)
                .putVarint(head.nextSeq())
                .putVarint(head.arrivalsFromSeq())
                .putVarint(head.count())
                .putVarint(head.bytes())
                .putVarint(head.scheduledCount())
                .putVarint(head.originalTimestampCount())
                .putVarint(head.scheduleFromMillis())
                .putVarint(head.scheduledFromSeq())
                .putVarint(head.originalTimestampFromMillis())
                .putVarint(head.storedAtMillis())
                .putVarint(head.purgedBelowSeq())
                .putVarint(head.purgedAtMillis())
                .putVarint(head.deadlineMillis())
                .toByteArray();
    }

    static QueueHead readHead(byte[] value) {
        RecordCursor from = new RecordCursor(value);
        QueueHead head = new QueueHead(
                from.getVarint(),
                from.getVarint(),
                from.getVarint(),
                from.getVarint(),
                from.getVarint(),
                from.getVarint(),
                from.getVarint(),
                from.getVarint(),
                from.getVarint(),
                from.getVarint(),
                from.getVarint(),
                from.getVarint(),
                from.getVarint());
        from.expectEnd();
        return head;
    }

    private static ContentType contentTypeOf(int tag) {
        try {
            return ContentType.ofTag(tag);
        } catch (IllegalArgumentException unknown) {
            throw new StoreCorruptException("a stored message has the unknown content type " + tag, unknown);
        }
    }
}
