package dev.sluice.api.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.api.Operation;
import dev.sluice.api.OperationCall;
import dev.sluice.api.error.EdgeException;
import dev.sluice.api.error.ErrorTable;
import dev.sluice.api.message.LeaseTokens;
import dev.sluice.api.message.MessageOperations;
import dev.sluice.config.MessagesConfig;
import dev.sluice.queue.Ack;
import dev.sluice.queue.BacklogStats;
import dev.sluice.queue.Content;
import dev.sluice.queue.ContentType;
import dev.sluice.queue.Limits;
import dev.sluice.queue.MessageHeader;
import dev.sluice.queue.NewMessage;
import dev.sluice.queue.QueueDefinition;
import dev.sluice.runtime.bus.QueueClient;
import dev.sluice.runtime.clock.ContinuousClock;
import dev.sluice.runtime.delivery.PendingResponse;
import dev.sluice.store.StoredMessage;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The examples of the API reference, request by request, with queues that return the data of the examples. */
class ReferenceExamplesTest {
    private static final byte[] KEY = new byte[32];
    private static final QueueDefinition QUEUE =
            new QueueDefinition(9, "a".repeat(32), "b".repeat(32), "orders", "", null, null, 0, 0);

    private final StubQueues queues = new StubQueues();
    private final LeaseTokens tokens = new LeaseTokens(KEY);

    @Test
    void pushText() {
        shows("push-text", new BacklogStats(1, 20, 1788000000000L));
        NewMessage pushed = queues.pushed.get(0);
        assertThat(new String(pushed.body(), StandardCharsets.UTF_8)).isEqualTo("order 17 shipped ✓");
        assertThat(pushed.contentType()).isEqualTo(ContentType.TEXT);
        assertThat(pushed.delaySeconds()).isEqualTo(30);
        assertThat(pushed.body()).hasSize(20);
    }

    @Test
    void pushJson() {
        shows("push-json", new BacklogStats(2, 64, 1788000000000L));
        assertThat(queues.pushed.get(0).body()).hasSize(44);
        assertThat(queues.pushed.get(0).contentType()).isEqualTo(ContentType.JSON);
    }

    @Test
    void batch() {
        queues.metrics = Future.succeededFuture(new BacklogStats(4, 75, 1788000000000L));
        JsonObject example = (JsonObject) example("batch");
        assertThat(respond("queues-push-messages", example)).isEqualTo(expected(example));
        assertThat(queues.pushed).extracting(NewMessage::delaySeconds).containsExactly(0, 60);
    }

    @Test
    void pull() {
        JsonObject example = (JsonObject) example("pull");
        JsonArray messages = expected(example).getJsonObject("result").getJsonArray("messages");
        List<QueueClient.Delivery> deliveries = List.of(
                new QueueClient.Delivery(stored(messages.getJsonObject(0), ContentType.TEXT, "high"), 1),
                new QueueClient.Delivery(
                        stored(
                                messages.getJsonObject(1),
                                ContentType.JSON,
                                "{\"order\":18,\"lines\":[{\"sku\":\"A-1\",\"qty\":2}]}"),
                        1));
        queues.delivered = Future.succeededFuture(new QueueClient.Delivered(
                deliveries, new BacklogStats(4, 75, 1788000000000L), 0, PendingResponse.NONE));
        JsonObject shown = respond("queues-pull-messages", example);
        assertThat(withoutTokens(shown)).isEqualTo(withoutTokens(expected(example)));
        assertThat(queues.asked).containsExactly("pull 9 10 20000");
    }

    @Test
    void ackWithRetries() {
        JsonObject example = (JsonObject) example("ack-with-retries");
        String request = example.getJsonObject("request").getJsonObject("body").encode();
        for (String made : List.of(
                "lse1.ZXhhbXBsZS1sZWFzZS0x.AQEBAQEBAQEBAQEBAQEBAQ",
                "lse1.ZXhhbXBsZS1sZWFzZS0y.AgICAgICAgICAgICAgICAg")) {
            request = request.replace(made, tokens.encode(LeaseTokens.TokenKind.LEASE, 9, made.hashCode() & 0xffff, 1));
        }
        queues.ackReply = new Ack.AckReply(1, 1, Arrays.asList((Ack.Warning) null), Arrays.asList((Ack.Warning) null));
        assertThat(respond("queues-ack-messages", Buffer.buffer(request))).isEqualTo(expected(example));
        assertThat(queues.ack.retries().get(0).delaySeconds()).isEqualTo(120);
    }

    @Test
    void peekAndPurgeByRef() {
        JsonArray examples = (JsonArray) example("peek-and-purge-by-ref");
        JsonObject peek = examples.getJsonObject(0);
        JsonObject message =
                expected(peek).getJsonObject("result").getJsonArray("messages").getJsonObject(0);
        queues.peeked = List.of(new QueueClient.Peeked(stored(message, ContentType.TEXT, "high"), 0));
        JsonObject shown = respond("queues-peek-messages", peek);
        assertThat(withoutTokens(shown)).isEqualTo(withoutTokens(expected(peek)));

        JsonObject purge = examples.getJsonObject(1);
        String ref = shown.getJsonObject("result")
                .getJsonArray("messages")
                .getJsonObject(0)
                .getString("ref");
        String request = purge.getJsonObject("request").getJsonObject("body").encode();
        queues.purged = List.of(true);
        assertThat(respond("queues-purge-messages", Buffer.buffer(request.replace("ref1.ZXhhbXBsZS1yZWYtMQ", ref))))
                .isEqualTo(expected(purge));
    }

    @Test
    void errors() {
        refuses("error-malformed-json");
        refuses("error-schema");
    }

    private void refuses(String name) {
        JsonObject example = (JsonObject) example(name);
        JsonObject error = expected(example).getJsonArray("errors").getJsonObject(0);
        try {
            respond("queues-push-message", example);
        } catch (EdgeException e) {
            assertThat(ErrorTable.of(e.error()).code()).isEqualTo(error.getInteger("code"));
            assertThat(e.getMessage()).isEqualTo(error.getString("message"));
            assertThat(ErrorTable.of(e.error()).status())
                    .isEqualTo(example.getJsonObject("response").getInteger("status"));
            return;
        }
        throw new AssertionError(name + " was accepted");
    }

    private void shows(String name, BacklogStats metrics) {
        queues.metrics = Future.succeededFuture(metrics);
        JsonObject example = (JsonObject) example(name);
        assertThat(respond("queues-push-message", example)).isEqualTo(expected(example));
    }

    private JsonObject respond(String operationId, JsonObject example) {
        JsonObject request = example.getJsonObject("request");
        String raw = request.getString("raw_body");
        return respond(operationId, raw == null ? request.getJsonObject("body").toBuffer() : Buffer.buffer(raw));
    }

    private JsonObject respond(String operationId, Buffer body) {
        Operation operation = MessageOperations.forEventLoop(
                        queues, Limits.DOCUMENTED, MessagesConfig.DEFAULT, KEY, ContinuousClock.ofMachine())
                .stream()
                .filter(candidate -> candidate.operationId().equals(operationId))
                .findFirst()
                .orElseThrow()
                .operation();
        return operation
                .handle(new OperationCall(null, QUEUE.accountId(), QUEUE, Map.of(), null, null, body))
                .result()
                .envelope()
                .toJsonObject();
    }

    private static JsonObject withoutTokens(JsonObject envelope) {
        JsonObject copy = envelope.copy();
        for (Object message : copy.getJsonObject("result").getJsonArray("messages")) {
            ((JsonObject) message).remove("lease_id");
            ((JsonObject) message).remove("ref");
        }
        return copy;
    }

    private static StoredMessage stored(JsonObject shown, ContentType type, String body) {
        String id = shown.getString("id");
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        long timestampMillis = shown.getLong("timestamp_ms");
        return new StoredMessage(
                new MessageHeader(1, timestampMillis, timestampMillis, bytes.length, false),
                new Content(
                        Long.parseUnsignedLong(id.substring(0, 16), 16),
                        Long.parseUnsignedLong(id.substring(16), 16),
                        type,
                        0,
                        bytes));
    }

    private static JsonObject expected(JsonObject example) {
        return example.getJsonObject("response").getJsonObject("body");
    }

    private static Object example(String name) {
        try (InputStream file =
                ReferenceExamplesTest.class.getClassLoader().getResourceAsStream("examples/" + name + ".json")) {
            return Json.decodeValue(new String(file.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
