package dev.sluice.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.api.http.Response;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The memory limits of many requests together. */
class RequestMemoryTest {
    private static final int BODY_BYTES = 90_000;
    private static final int BODIES = (int) (EdgeServer.REQUEST_MEMORY_BYTES / BODY_BYTES);

    private final List<RawClient> clients = new ArrayList<>();
    private EdgeServer edge;
    private String queueId;

    @BeforeEach
    void start() {
        serve(new EdgeServer());
    }

    private void serve(EdgeServer server) {
        edge = server;
        queueId = edge.queue("orders");
    }

    @AfterEach
    void stop() throws IOException {
        for (RawClient client : clients) {
            client.close();
        }
        edge.close();
    }

    private RawClient client() throws IOException {
        RawClient client = new RawClient(edge.port());
        clients.add(client);
        return client;
    }

    private String head(String operation, int length) {
        return "POST /client/v4/accounts/" + EdgeServer.ACCOUNT + "/queues/" + queueId + operation
                + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + EdgeServer.WRITER + "\r\nContent-Length: "
                + length + "\r\n\r\n";
    }

    private void pushPart() throws IOException {
        client().send(head("/messages", BODY_BYTES) + "{");
    }

    @Test
    void bodiesBeyondTheMemoryAreRefusedUntilThereIsRoomAgain() throws IOException {
        for (int i = 0; i < BODIES; i++) {
            pushPart();
        }
        RawClient oneMore = client();
        await().untilAsserted(() -> {
            oneMore.send(head("/messages", BODY_BYTES) + "x".repeat(BODY_BYTES));
            RawClient.RawResponse response = oneMore.receive();
            assertThat(response.status()).isEqualTo(429);
            assertThat(response.body()).contains("\"code\":10250");
            assertThat(response.headers()).containsIgnoringCase("retry-after: 1");
        });
        assertThat(edge.memory.bodies().tryReserve(EdgeServer.REQUEST_MEMORY_BYTES / 2))
                .isFalse();

        clients.get(0).close();
        await().untilAsserted(() -> {
            oneMore.send(head("/messages", BODY_BYTES) + "x".repeat(BODY_BYTES));
            assertThat(oneMore.receive().body()).contains(BODY_BYTES + " bytes");
        });
    }

    @Test
    void allMemoryIsReleasedHoweverBodiesEnd() throws IOException {
        for (int i = 0; i < 3 * BODIES; i++) {
            RawClient.exchange(edge.port(), head("/messages", BODY_BYTES) + "x".repeat(BODY_BYTES));
            try (RawClient gone = new RawClient(edge.port())) {
                gone.send(head("/messages", BODY_BYTES) + "x");
            }
        }
        long slabsBytes = 128 * 1024;
        await().until(() -> edge.memory.bodies().tryReserve(EdgeServer.REQUEST_MEMORY_BYTES - slabsBytes));
    }

    @Test
    void aClientThatDoesNotReadALargeResponseIsDisconnectedAndItsMemoryFreed() throws IOException {
        edge.close();
        serve(new EdgeServer(HttpConfigs.of(null, 1, 60, 60)));
        int responseBytes = 20 << 20;
        edge.behaviours.put(
                "queues-pull-messages",
                call -> Future.succeededFuture(new Response(Buffer.buffer(new byte[responseBytes]))));
        RawClient lazy = client();
        lazy.send(head("/messages/pull", 2) + "{}");
        await().until(() -> edge.memory.responses().reservedBytes() > responseBytes / 2);
        assertThat(edge.memory.responses().isFull()).isTrue();
        // Bytes that the client sends do not count as progress of the response.
        await().until(() -> {
            try {
                lazy.send("POST ");
            } catch (IOException closed) {
                return true;
            }
            return edge.memory.responses().reservedBytes() == 0;
        });
        await().until(() -> edge.memory.responses().reservedBytes() == 0);
    }
}
