package dev.sluice.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.api.EdgeServer.Reply;
import dev.sluice.api.http.Response;
import dev.sluice.queue.QueueDefinition;
import dev.sluice.queue.QueueError;
import dev.sluice.queue.QueueException;
import dev.sluice.queue.QueueSettings;
import dev.sluice.runtime.delivery.PendingResponse;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The edge of a node, with a fake of the other nodes. */
class RoutedRequestsTest {
    private static final FakeRouting ROUTING = new FakeRouting();
    private static final String PUSHED = "{\"success\":true,\"errors\":[],\"messages\":[],\"result\":{\"metadata\":"
            + "{\"metrics\":{\"backlog_count\":1,\"backlog_bytes\":1,\"oldest_message_timestamp_ms\":1}}}}";

    private static EdgeServer edge;

    /** What this node owns, and what the others respond. */
    private static final class FakeRouting implements ClusterRouting {
        boolean servesQueues = true;
        boolean servesCatalog = true;
        boolean confirmed = true;
        boolean reachesKafka = true;
        Runnable onCatchUp = () -> {};
        final List<ForwardedCall> forwarded = new ArrayList<>();
        Future<ForwardedReply> reply = Future.failedFuture(new QueueException(QueueError.UNAVAILABLE));

        @Override
        public boolean serves(QueueDefinition queue) {
            return servesQueues;
        }

        @Override
        public boolean servesCatalog() {
            return servesCatalog;
        }

        @Override
        public Future<Void> catchUp() {
            onCatchUp.run();
            return reachesKafka
                    ? Future.succeededFuture()
                    : Future.failedFuture(new QueueException(QueueError.UNAVAILABLE));
        }

        @Override
        public Future<ForwardedReply> forward(@Nullable QueueDefinition queue, ForwardedCall call) {
            // As on the wire.
            forwarded.add(ForwardedCall.decode(call.encode()));
            return reply;
        }

        @Override
        public boolean isConfirmed(@Nullable QueueDefinition queue, long sinceNanos) {
            return confirmed;
        }

        @Override
        public Future<Void> confirm(@Nullable QueueDefinition queue, long sinceNanos) {
            return Future.failedFuture(new QueueException(QueueError.UNAVAILABLE));
        }
    }

    @BeforeAll
    static void start() {
        edge = new EdgeServer(ROUTING);
    }

    @AfterAll
    static void stop() {
        edge.close();
    }

    @AfterEach
    void clear() {
        edge.clear();
        ROUTING.servesQueues = true;
        ROUTING.servesCatalog = true;
        ROUTING.confirmed = true;
        ROUTING.reachesKafka = true;
        ROUTING.onCatchUp = () -> {};
        ROUTING.forwarded.clear();
        ROUTING.reply = Future.failedFuture(new QueueException(QueueError.UNAVAILABLE));
    }

    private static void respond(PendingResponse pending) {
        edge.respondWith(
                "queues-push-message", call -> Future.succeededFuture(new Response(Buffer.buffer(PUSHED), pending)));
    }

    private static Reply push(String queueId) {
        return edge.send("POST", "/queues/" + queueId + "/messages", "{\"body\":\"ä\"}");
    }

    @Test
    void aRequestForAQueueOfThisNodeIsServedHere() {
        String queue = edge.queue("orders");
        respond(PendingResponse.NONE);

        assertThat(push(queue).status()).isEqualTo(200);
        assertThat(ROUTING.forwarded).isEmpty();
    }

    @Test
    void aRequestForAQueueOfAnotherNodeGoesThereWithItsCallerAndItsResponseComesBackAsItIs() {
        String queue = edge.queue("orders");
        ROUTING.servesQueues = false;
        ROUTING.reply = Future.succeededFuture(new ClusterRouting.ForwardedReply(
                429,
                MultiMap.caseInsensitiveMultiMap()
                        .add("content-type", "application/json")
                        .add("retry-after", "1"),
                Buffer.buffer("{\"success\":false,\"errors\":[{\"code\":10250,\"message\":\"x\"}],\"messages\":[],"
                        + "\"result\":null}")));

        Reply reply = push(queue);

        assertThat(reply.status()).isEqualTo(429);
        assertThat(reply.code()).isEqualTo(10250);
        assertThat(reply.header("retry-after")).isEqualTo("1");
        ForwardedCall call = ROUTING.forwarded.get(0);
        assertThat(call.operationId()).isEqualTo("queues-push-message");
        assertThat(call.caller().name()).isEqualTo("writer");
        assertThat(call.accountId()).isEqualTo(EdgeServer.ACCOUNT);
        assertThat(call.queueNumber())
                .isEqualTo(edge.catalog.find(EdgeServer.ACCOUNT, queue).number());
        assertThat(call.body().toString()).isEqualTo("{\"body\":\"ä\"}");
        assertThat(call.headers().contains("authorization")).isFalse();
    }

    @Test
    void anOwnerThatCannotBeReachedIs503WithRetryAfter() {
        String queue = edge.queue("orders");
        ROUTING.servesQueues = false;

        Reply reply = push(queue);

        assertThat(reply.status()).isEqualTo(503);
        assertThat(reply.header("retry-after")).isEqualTo("1");
    }

    @Test
    void wrongCredentialsAreRefusedHereAndNothingIsForwarded() {
        String queue = edge.queue("orders");
        ROUTING.servesQueues = false;
        String path = "/client/v4/accounts/" + EdgeServer.ACCOUNT + "/queues/" + queue + "/messages";

        assertThat(edge.sendTo("POST", path, "wrong", "{}").status()).isEqualTo(403);
        assertThat(edge.sendTo("POST", path, null, "{}").status()).isEqualTo(400);
        assertThat(ROUTING.forwarded).isEmpty();
    }

    @Test
    void aQueueThatIsNotFoundIsLookedForAfterACatchUp() {
        AtomicInteger catchUps = new AtomicInteger();
        String queue = edge.queue("other");
        respond(PendingResponse.NONE);
        ROUTING.onCatchUp = () -> {
            if (catchUps.incrementAndGet() == 1) {
                edge.catalog.createQueue(EdgeServer.ACCOUNT, "new", QueueSettings.DEFAULT, "");
            }
        };
        String next = String.format(
                "%032x", edge.catalog.find(EdgeServer.ACCOUNT, queue).number() + 1);

        assertThat(push(next).status()).isEqualTo(200);
        assertThat(push("f".repeat(32)).status()).isEqualTo(404);
        assertThat(catchUps).hasValue(2);
    }

    @Test
    void aQueueThatIsNotFoundIs503IfKafkaDoesNotSayWhatHasChanged() {
        ROUTING.reachesKafka = false;

        assertThat(push("f".repeat(32)).status()).isEqualTo(503);
    }

    @Test
    void listsAreReadAfterACatchUp() {
        ROUTING.onCatchUp = () -> edge.catalog.createQueue(EdgeServer.ACCOUNT, "new", QueueSettings.DEFAULT, "");

        assertThat(edge.get("/queues").envelope().getJsonArray("result")).hasSize(1);
    }

    @Test
    void changesGoToTheOwnerOfTheCatalog() {
        ROUTING.servesCatalog = false;

        edge.send("POST", "/queues", "{\"queue_name\":\"orders\"}");

        assertThat(ROUTING.forwarded).extracting(ForwardedCall::operationId).containsExactly("queues-create");
    }

    @Test
    void aResponseOfANodeThatCannotProveThatItIsTheOwnerIsNotShown() {
        String queue = edge.queue("orders");
        AtomicInteger unsent = new AtomicInteger();
        respond(new PendingResponse() {
            @Override
            public void sent() {
                throw new AssertionError("sent");
            }

            @Override
            public void unsent() {
                unsent.incrementAndGet();
            }
        });
        ROUTING.confirmed = false;

        assertThat(push(queue).status()).isEqualTo(503);
        assertThat(unsent).hasValue(1);
    }

    @Test
    void aRefusalOfANodeThatCannotProveThatItIsTheOwnerIsNotShown() {
        String queue = edge.queue("orders");
        edge.respondWith(
                "queues-push-message", call -> Future.failedFuture(new QueueException(QueueError.STORAGE_LIMIT)));
        ROUTING.confirmed = false;

        assertThat(push(queue).status()).isEqualTo(503);
    }
}
