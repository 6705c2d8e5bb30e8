package dev.sluice.cluster;

import dev.sluice.runtime.bus.QueueRequest.TakeDeadLetters;
import dev.sluice.store.StoredMessage;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;

/**
 * A move of dead letters between nodes: target 8, origin 8, number of the move 8, count 4, then for each message: seq 8,
 * length 4, the message as stores encode it.
 */
final class MoveFormat {
    private static final int HEAD_BYTES = 3 * Long.BYTES + Integer.BYTES;

    /** A move and the queue that takes it. */
    record AddressedMove(long targetNumber, TakeDeadLetters move) {}

    private MoveFormat() {}

    static Buffer encode(long targetNumber, TakeDeadLetters move) {
        Buffer bytes = Buffer.buffer()
                .appendLong(targetNumber)
                .appendLong(move.originNumber())
                .appendLong(move.moveNumber())
                .appendInt(move.messages().size());
        for (StoredMessage message : move.messages()) {
            byte[] encoded = message.encode();
            bytes.appendLong(message.header().seq()).appendInt(encoded.length).appendBytes(encoded);
        }
        return bytes;
    }

    /** Reads a move; the receiver finds out by itself whether it is cyclic. */
    static AddressedMove decode(Buffer bytes) {
        List<StoredMessage> messages = new ArrayList<>();
        int at = HEAD_BYTES;
        for (int left = bytes.getInt(3 * Long.BYTES); left > 0; left--) {
            long seq = bytes.getLong(at);
            int length = bytes.getInt(at + Long.BYTES);
            at += Long.BYTES + Integer.BYTES;
            messages.add(StoredMessage.decode(bytes.getBytes(at, at + length), seq));
            at += length;
        }
        return new AddressedMove(
                bytes.getLong(0),
                new TakeDeadLetters(bytes.getLong(Long.BYTES), bytes.getLong(2 * Long.BYTES), messages, false));
    }
}
