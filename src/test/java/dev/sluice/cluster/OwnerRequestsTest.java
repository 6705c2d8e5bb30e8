package dev.sluice.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.TestTimeout;
import dev.sluice.queue.QueueError;
import dev.sluice.queue.QueueException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The client of other nodes, against real HTTP servers. */
class OwnerRequestsTest {
    private static final int SHARD = 3;

    private final Vertx vertx = Vertx.vertx();
    private final ShardRoutes routes = new ShardRoutes();
    private final NodeClient client = new NodeClient(vertx, 1, () -> 1_000, TestTimeout.SECONDS * 1_000L, 1_000);
    private final OwnerRequests owners = new OwnerRequests(client, routes, "self:1");
    private final List<String> received = Collections.synchronizedList(new ArrayList<>());

    OwnerRequestsTest() {
        client.sign(new InternalKey(new byte[32], ""));
    }

    @AfterEach
    void stop() {
        vertx.close().await();
    }

    /** Starts a node; returns its address. */
    private String node(String name, Consumer<HttpServerRequest> behaviour) {
        int port = vertx.createHttpServer()
                .requestHandler(request -> request.body().onSuccess(body -> {
                    received.add(name + " " + request.path() + " " + body);
                    behaviour.accept(request);
                }))
                .listen(0, "127.0.0.1")
                .await()
                .actualPort();
        return "127.0.0.1:" + port;
    }

    private static Consumer<HttpServerRequest> misdirected(String owner) {
        return request -> request.response()
                .setStatusCode(421)
                .putHeader(NodeHeaders.OWNER, owner)
                .end();
    }

    private static void serve(HttpServerRequest request) {
        request.response()
                .putHeader(NodeHeaders.SERVED, "1")
                .putHeader("x-kept", "yes")
                .end("done");
    }

    private Future<NodeClient.NodeReply> send(String address) {
        routes.replace(Map.of(SHARD, address));
        return owners.send(SHARD, "/call", Buffer.buffer("body"));
    }

    private static <T> T get(Future<T> future) throws InterruptedException, ExecutionException, TimeoutException {
        return future.toCompletionStage().toCompletableFuture().get(TestTimeout.SECONDS, TimeUnit.SECONDS);
    }

    private static QueueError refusal(Future<?> future) throws InterruptedException, TimeoutException {
        try {
            get(future);
        } catch (ExecutionException failed) {
            return ((QueueException) failed.getCause()).error();
        }
        throw new AssertionError("it succeeded");
    }

    @Test
    void theResponseOfTheOwnerComesBackWithoutTheHeadersOfTheConnection() throws Exception {
        NodeClient.NodeReply reply = get(send(node("owner", OwnerRequestsTest::serve)));

        assertThat(reply.body().toString()).isEqualTo("done");
        assertThat(reply.headers().get("x-kept")).isEqualTo("yes");
        assertThat(reply.headers().contains(NodeHeaders.SERVED)).isFalse();
        assertThat(reply.headers().contains("content-length")).isFalse();
        assertThat(received).containsExactly("owner /call body");
    }

    @Test
    void aNodeThatIsNotTheOwnerIsFollowedTwice() throws Exception {
        String owner = node("owner", OwnerRequestsTest::serve);
        String second = node("second", misdirected(owner));
        String first = node("first", misdirected(second));

        assertThat(get(send(first)).body().toString()).isEqualTo("done");
        assertThat(received).containsExactly("first /call body", "second /call body", "owner /call body");
    }

    @Test
    void nodesThatNameEachOtherAreNotFollowedForEver() throws Exception {
        String[] third = {""};
        String first = node("first", request -> misdirected(third[0]).accept(request));
        String second = node("second", misdirected(first));
        third[0] = second;

        assertThat(refusal(send(first))).isEqualTo(QueueError.UNAVAILABLE);
        assertThat(received).hasSize(3);
    }

    @Test
    void aRequestThatMayHaveBeenServedIsNotSentAgain() throws Exception {
        String broken = node("broken", request -> request.connection().close());

        assertThat(refusal(send(broken))).isEqualTo(QueueError.UNAVAILABLE);
        assertThat(received).hasSize(1);
    }

    @Test
    void aShardWithoutAnOwnerOrWithThisNodeAsItsOwnerIsUnavailable() throws Exception {
        assertThat(refusal(owners.send(SHARD, "/call", Buffer.buffer()))).isEqualTo(QueueError.UNAVAILABLE);
        assertThat(refusal(send("self:1"))).isEqualTo(QueueError.UNAVAILABLE);
        assertThat(received).isEmpty();
    }

    @Test
    void aNodeThatDoesNotListenIsUnavailable() throws Exception {
        assertThat(refusal(send("127.0.0.1:1"))).isEqualTo(QueueError.UNAVAILABLE);
    }

    @Test
    void aResponseBeyondTheLimitIsRefused() throws Exception {
        String large = node(
                "large",
                request -> request.response().putHeader(NodeHeaders.SERVED, "1").end("x".repeat(1_001)));

        assertThat(refusal(send(large))).isEqualTo(QueueError.UNAVAILABLE);
    }
}
