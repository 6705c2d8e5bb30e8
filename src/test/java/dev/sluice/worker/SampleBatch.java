package dev.sluice.worker;

import dev.sluice.queue.BacklogStats;
import dev.sluice.queue.Content;
import dev.sluice.queue.ContentType;
import dev.sluice.queue.MessageHeader;
import dev.sluice.queue.QueueDefinition;
import dev.sluice.queue.QueueSettings;
import dev.sluice.runtime.bus.QueueClient;
import dev.sluice.runtime.delivery.WorkerTarget;
import dev.sluice.store.StoredMessage;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A batch of three messages: seq 1 and 2 are text, seq 3 is JSON with a delay. */
final class SampleBatch {
    private SampleBatch() {}

    static WorkerTarget.Batch batch() {
        return batch("first \"€\" \u0001");
    }

    static WorkerTarget.Batch batch(String firstBody) {
        return new WorkerTarget.Batch(
                queue(),
                List.of(
                        delivery(1, ContentType.TEXT, firstBody, 0, 1),
                        delivery(2, ContentType.TEXT, "", 0, 2),
                        delivery(3, ContentType.JSON, "{\"a\":[1.50,\"é\"]}", 20, 1)),
                new BacklogStats(7, 700, 1_001),
                3
                        * BatchRequestWriter.bytesOf(
                                new Content(0, 0, ContentType.TEXT, 0, firstBody.getBytes(StandardCharsets.UTF_8))));
    }

    /** A batch of one message. */
    static WorkerTarget.Batch batchOf(ContentType type, byte[] body) {
        Content content = new Content(0xab, 1, type, 0, body);
        MessageHeader header = new MessageHeader(1, 1_001, 1_001, body.length, false);
        return new WorkerTarget.Batch(
                queue(),
                List.of(new QueueClient.Delivery(new StoredMessage(header, content), 1)),
                new BacklogStats(1, body.length, 1_001),
                BatchRequestWriter.bytesOf(content));
    }

    /** The id of the message with this seq. */
    static String id(int seq) {
        return "00000000000000ab000000000000000" + seq;
    }

    private static QueueDefinition queue() {
        return new QueueDefinition(1, "a".repeat(32), "b".repeat(32), "orders", "", QueueSettings.DEFAULT, null, 0, 0);
    }

    private static QueueClient.Delivery delivery(
            long seq, ContentType type, String text, int delaySeconds, int number) {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        MessageHeader header = new MessageHeader(seq, 1_000 + seq, 1_000 + seq, body.length, delaySeconds > 0);
        return new QueueClient.Delivery(
                new StoredMessage(header, new Content(0xab, seq, type, delaySeconds, body)), number);
    }
}
