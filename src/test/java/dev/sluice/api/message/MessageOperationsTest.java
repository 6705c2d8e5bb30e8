package dev.sluice.api.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.api.OperationBinding;
import dev.sluice.api.OperationCall;
import dev.sluice.api.control.StubQueues;
import dev.sluice.api.error.EdgeError;
import dev.sluice.api.http.Response;
import dev.sluice.config.Access;
import dev.sluice.config.MessagesConfig;
import dev.sluice.queue.Ack;
import dev.sluice.queue.BacklogStats;
import dev.sluice.queue.Content;
import dev.sluice.queue.ContentType;
import dev.sluice.queue.LeaseId;
import dev.sluice.queue.Limits;
import dev.sluice.queue.MessageHeader;
import dev.sluice.queue.NewMessage;
import dev.sluice.queue.QueueDefinition;
import dev.sluice.queue.QueueError;
import dev.sluice.queue.QueueException;
import dev.sluice.runtime.bus.QueueClient;
import dev.sluice.runtime.clock.ContinuousClock;
import dev.sluice.runtime.delivery.PendingResponse;
import dev.sluice.store.StoredMessage;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class MessageOperationsTest {
    private static final byte[] KEY = new byte[32];

    private final StubQueues queues = new StubQueues();
    private final QueueDefinition queue =
            new QueueDefinition(9, "a".repeat(32), "b".repeat(32), "orders", "", null, null, 0, 0);
    private final LeaseTokens tokens = new LeaseTokens(KEY);
    private final Map<String, OperationBinding> operations =
            MessageOperations.forEventLoop(
                            queues, Limits.DOCUMENTED, MessagesConfig.DEFAULT, KEY, ContinuousClock.ofMachine())
                    .stream()
                    .collect(Collectors.toMap(OperationBinding::operationId, Function.identity()));

    @Test
    void thereAreEightAndAllRequireWriteAccess() {
        assertThat(operations)
                .containsOnlyKeys(
                        "queues-push-message",
                        "queues-push-messages",
                        "queues-pull-messages",
                        "queues-ack-messages",
                        "queues-peek-messages",
                        "queues-purge-messages",
                        "queues-preview-messages",
                        "queues-ack-preview-messages");
        assertThat(operations.values()).extracting(OperationBinding::access).containsOnly(Access.WRITE);
    }

    @Test
    void aPushReturnsTheBacklog() {
        queues.metrics = Future.succeededFuture(new BacklogStats(2, 64, 1788000000000L));
        JsonObject result = result("queues-push-message", "{\"body\":{\"a\":1},\"delay_seconds\":5}");
        assertThat(result)
                .isEqualTo(new JsonObject("{\"metadata\":{\"metrics\":{\"backlog_count\":2,\"backlog_bytes\":64,"
                        + "\"oldest_message_timestamp_ms\":1788000000000}}}"));
        assertThat(queues.pushed).extracting(NewMessage::delaySeconds).containsExactly(5);
    }

    @Test
    void anInvalidPushDoesNotReachTheQueue() {
        assertThatThrownBy(() -> result("queues-push-message", "{"))
                .extracting("error")
                .isEqualTo(EdgeError.MESSAGE_BODY_MALFORMED);
        assertThatThrownBy(() -> result("queues-push-messages", "{\"messages\":[{\"body\":1},{}]}"))
                .extracting("error")
                .isEqualTo(EdgeError.MESSAGE_BODY_INVALID);
        assertThat(queues.asked).isEmpty();
    }

    @Test
    void aFailureOfTheQueueIsPassedOn() {
        queues.metrics = Future.failedFuture(new QueueException(QueueError.OVERLOADED));
        OperationCall call = call("{\"body\":1}");
        Future<?> response = operations.get("queues-push-message").operation().handle(call);
        assertThat(response.cause()).extracting("error").isEqualTo(QueueError.OVERLOADED);
    }

    @Test
    void aBatchIsPushedInOrder() {
        result("queues-push-messages", "{\"messages\":[{\"body\":1},{\"body\":2}],\"delay_seconds\":60}");
        assertThat(queues.asked).containsExactly("push 9");
        assertThat(queues.pushed)
                .extracting(message -> new String(message.body(), StandardCharsets.UTF_8))
                .containsExactly("1", "2");
    }

    @Test
    void aPullReturnsLeasesThatAnAckAccepts() {
        queues.delivered = Future.succeededFuture(new QueueClient.Delivered(
                List.of(new QueueClient.Delivery(stored(17), 2)), BacklogStats.EMPTY, 0, PendingResponse.NONE));
        JsonObject message = messages("queues-pull-messages", "").getJsonObject(0);
        assertThat(message.getInteger("attempts")).isEqualTo(2);
        result("queues-pull-messages", "{\"batch_size\":10,\"visibility_timeout\":6000}");
        assertThat(queues.asked).containsExactly("pull 9 0 0", "pull 9 10 6000");

        queues.ackReply = new Ack.AckReply(1, 0, Arrays.asList((Ack.Warning) null), List.of());
        JsonObject result = result("queues-ack-messages", "{\"acks\":[" + lease(message.getString("lease_id")) + "]}");
        assertThat(queues.ack.acks()).containsExactly(new LeaseId(17, 2));
        assertThat(result).isEqualTo(new JsonObject("{\"ackCount\":1,\"retryCount\":0,\"warnings\":{}}"));
    }

    @Test
    void aResponseThatCannotBeWrittenIsReportedAsUnsentAndAnyOtherIsLeftToTheServer() {
        List<String> reports = new ArrayList<>();
        PendingResponse pending = new PendingResponse() {
            @Override
            public void sent() {
                reports.add("sent");
            }

            @Override
            public void unsent() {
                reports.add("unsent");
            }
        };
        StoredMessage broken = new StoredMessage(stored(17).header(), null);
        queues.delivered = Future.succeededFuture(new QueueClient.Delivered(
                List.of(new QueueClient.Delivery(broken, 2)), BacklogStats.EMPTY, 0, pending));
        assertThat(operations
                        .get("queues-pull-messages")
                        .operation()
                        .handle(call(""))
                        .failed())
                .isTrue();
        assertThat(reports).containsExactly("unsent");

        queues.pending = pending;
        queues.peeked = List.of(new QueueClient.Peeked(broken, 0));
        assertThat(operations
                        .get("queues-peek-messages")
                        .operation()
                        .handle(call(""))
                        .failed())
                .isTrue();
        assertThat(operations
                        .get("queues-preview-messages")
                        .operation()
                        .handle(call(""))
                        .failed())
                .isTrue();
        assertThat(reports).containsExactly("unsent", "unsent", "unsent");

        queues.peeked = List.of(new QueueClient.Peeked(stored(17), 0));
        Response response = operations
                .get("queues-peek-messages")
                .operation()
                .handle(call(""))
                .result();
        assertThat(reports).hasSize(3);
        assertThat(response.pending()).isSameAs(pending);
    }

    @Test
    void anAckWarnsOfForgedAndForeignLeasesWithoutAskingTheQueue() {
        String foreign = tokens.encode(LeaseTokens.TokenKind.LEASE, 8, 1, 1);
        String ref = tokens.encode(LeaseTokens.TokenKind.REF, 9, 1, 1);
        JsonObject result = result(
                "queues-ack-messages",
                "{\"acks\":[" + lease("not-a-lease") + ',' + lease("not-a-lease") + ',' + lease(foreign)
                        + "],\"retries\":[" + lease(ref) + "]}");
        assertThat(result.getInteger("ackCount")).isZero();
        assertThat(result.getJsonObject("warnings").getMap())
                .containsOnlyKeys("not-a-lease", foreign, ref)
                .containsValue("lease_id is not valid for this queue");
        assertThat(queues.asked).isEmpty();
    }

    @Test
    void warningsOfTheQueueAreMatchedToTheirTokens() {
        String first = tokens.encode(LeaseTokens.TokenKind.LEASE, 9, 1, 1);
        String second = tokens.encode(LeaseTokens.TokenKind.LEASE, 9, 2, 1);
        String third = tokens.encode(LeaseTokens.TokenKind.LEASE, 9, 3, 1);
        String fourth = tokens.encode(LeaseTokens.TokenKind.LEASE, 9, 4, 1);
        queues.ackReply = new Ack.AckReply(
                1,
                1,
                Arrays.asList(null, Ack.Warning.UNKNOWN),
                Arrays.asList(Ack.Warning.SUPERSEDED, null, Ack.Warning.GONE));
        JsonObject result = result(
                "queues-ack-messages",
                "{\"acks\":[" + lease("x") + ',' + lease(first) + ',' + lease(second) + "],\"retries\":[" + lease(third)
                        + ",{\"delay_seconds\":120,\"lease_id\":\"" + fourth + "\"}," + lease(first) + "]}");
        assertThat(queues.ack.acks()).containsExactly(new LeaseId(1, 1), new LeaseId(2, 1));
        assertThat(queues.ack.retries())
                .containsExactly(
                        new Ack.Retry(new LeaseId(3, 1), NewMessage.DELAY_UNSET),
                        new Ack.Retry(new LeaseId(4, 1), 120),
                        new Ack.Retry(new LeaseId(1, 1), NewMessage.DELAY_UNSET));
        assertThat(result.getJsonObject("warnings").getMap())
                .containsOnlyKeys("x", second, third, first)
                .containsEntry(third, "message was delivered again in the meantime; the retry is ignored")
                .containsEntry(first, "message is no longer in this queue; the retry is ignored");
        assertThat(result.getInteger("retryCount")).isEqualTo(1);
    }

    @Test
    void aPeekReturnsRefsThatAPurgeAccepts() {
        queues.peeked = List.of(new QueueClient.Peeked(stored(17), 0));
        JsonObject message =
                messages("queues-peek-messages", "{\"batch_size\":1}").getJsonObject(0);
        String ref = message.getString("ref");
        assertThat(message.containsKey("lease_id")).isFalse();

        queues.purged = List.of(true, false);
        String gone = tokens.encode(LeaseTokens.TokenKind.REF, 9, 18, 0);
        JsonObject result = result(
                "queues-purge-messages",
                "{\"refs\":[{\"ref\":\"stale\"},{\"ref\":\"" + ref + "\"},{\"ref\":\"" + ref + "\"},{\"ref\":\"" + gone
                        + "\"}]}");
        assertThat(queues.asked).containsExactly("peek 9 1", "purge 9 [17, 18]");
        assertThat(result.getJsonArray("errors")).isEmpty();
        assertThat(result.getJsonObject("warnings").getMap())
                .containsOnlyKeys("stale", gone)
                .containsValue("ref does not identify a message in this queue");
    }

    @Test
    void aPreviewCallsTheRefALeaseAndItsAckPurges() {
        queues.peeked = List.of(new QueueClient.Peeked(stored(17), 0));
        JsonObject message = messages("queues-preview-messages", "").getJsonObject(0);
        String token = message.getString("lease_id");
        assertThat(message.containsKey("ref")).isFalse();

        queues.purged = List.of(true);
        JsonObject result = result(
                "queues-ack-preview-messages",
                "{\"acks\":[" + lease(token) + "],\"retries\":[" + lease(token) + ',' + lease("x") + "]}");
        assertThat(queues.asked).containsExactly("peek 9 0", "purge 9 [17]");
        assertThat(result).isEqualTo(new JsonObject("{\"warnings\":{\"x\":\"lease_id is not valid for this queue\"}}"));
        assertThat(result("queues-ack-messages", "{\"acks\":[" + lease(token) + "]}")
                        .getJsonObject("warnings")
                        .getMap())
                .containsOnlyKeys(token);
    }

    private JsonArray messages(String operationId, String body) {
        return result(operationId, body).getJsonArray("messages");
    }

    private JsonObject result(String operationId, String body) {
        JsonObject envelope = operations
                .get(operationId)
                .operation()
                .handle(call(body))
                .result()
                .envelope()
                .toJsonObject();
        assertThat(envelope.getBoolean("success")).isTrue();
        assertThat(envelope.getJsonArray("errors")).isEmpty();
        assertThat(envelope.getJsonArray("messages")).isEmpty();
        return envelope.getJsonObject("result");
    }

    private OperationCall call(String body) {
        return new OperationCall(null, queue.accountId(), queue, Map.of(), null, null, Buffer.buffer(body));
    }

    private static StoredMessage stored(long seq) {
        return new StoredMessage(
                new MessageHeader(seq, 1000, 1000, 1, false),
                new Content(1, 2, ContentType.TEXT, 0, "x".getBytes(StandardCharsets.UTF_8)));
    }

    private static String lease(String token) {
        return "{\"lease_id\":\"" + token + "\"}";
    }
}
