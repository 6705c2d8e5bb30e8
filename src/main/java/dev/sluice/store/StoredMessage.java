package dev.sluice.store;

import dev.sluice.queue.Content;
import dev.sluice.queue.MessageHeader;

/** A message as read from the store: header and content. */
public record StoredMessage(MessageHeader header, Content content) {
    /** The bytes that stores write, which do not have the number of the message. */
    public byte[] encode() {
        RecordBytes bytes = new RecordBytes(RecordFormat.messageBytes(header, content));
        RecordFormat.writeMessage(bytes, header, content);
        return bytes.toByteArray();
    }

    /**
     * Reads what {@link #encode} has written.
     *
     * @throws StoreCorruptException if these are not such bytes
     */
    public static StoredMessage decode(byte[] bytes, long seq) {
        return RecordFormat.readMessage(bytes, seq);
    }
}
