package dev.sluice.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.api.http.Response;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Slow clients, and many clients at once. */
class SlowClientsTest {
    private static final int CONNECTIONS_MAX = 4;
    private static final String REQUEST = "GET /openapi.yaml HTTP/1.1\r\nHost: x\r\n\r\n";
    private static EdgeServer edge;
    private static EdgeServer patient;

    @BeforeAll
    static void start() {
        edge = new EdgeServer(HttpConfigs.of(null, 60, 1, 1));
        patient = new EdgeServer(HttpConfigs.of(null, 600, 600, 600), CONNECTIONS_MAX);
    }

    @AfterAll
    static void stop() {
        edge.close();
        patient.close();
    }

    @Test
    void aBodyThatDoesNotArriveInTimeIsRefusedAndTheConnectionClosed() throws IOException {
        String queueId = edge.queue("orders");
        try (RawClient client = new RawClient(edge.port())) {
            client.send("POST /client/v4/accounts/" + EdgeServer.ACCOUNT + "/queues/" + queueId
                    + "/messages HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + EdgeServer.WRITER
                    + "\r\nContent-Length: 100\r\n\r\n{\"body\":");
            RawClient.RawResponse response = client.receive();
            assertThat(response.status()).isEqualTo(408);
            assertThat(response.body()).contains("\"code\":10201");
            assertThat(client.isClosedByServer()).isTrue();
        }
    }

    @Test
    void aConnectionWithoutARequestIsClosed() throws IOException {
        try (RawClient client = new RawClient(edge.port())) {
            assertThat(client.isClosedByServer()).isTrue();
        }
    }

    @Test
    void aConnectionOverTheLimitReplacesTheOneThatIsIdleLongest() throws IOException {
        RawClient[] clients = new RawClient[CONNECTIONS_MAX + 1];
        for (int i = 0; i < clients.length; i++) {
            clients[i] = new RawClient(patient.port());
            clients[i].send(REQUEST);
            assertThat(clients[i].receive().status()).isEqualTo(200);
        }
        assertThat(clients[0].isClosedByServer()).isTrue();
        for (int i = 1; i < clients.length; i++) {
            clients[i].send(REQUEST);
            assertThat(clients[i].receive().status()).isEqualTo(200);
            clients[i].close();
        }
    }

    @Test
    void aConnectionOverTheLimitIsClosedWhileAllOthersAreBusyAndAdmittedAfterAResponse() throws IOException {
        String push = "POST /client/v4/accounts/" + EdgeServer.ACCOUNT + "/queues/" + patient.queue("busy")
                + "/messages HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + EdgeServer.WRITER
                + "\r\nContent-Length: 2\r\n\r\n{}";
        Queue<Promise<Response>> underWay = new ConcurrentLinkedQueue<>();
        patient.behaviours.put("queues-push-message", call -> {
            Promise<Response> late = Promise.promise();
            underWay.add(late);
            return late.future();
        });
        RawClient[] clients = new RawClient[CONNECTIONS_MAX];
        for (int i = 0; i < clients.length; i++) {
            clients[i] = new RawClient(patient.port());
            clients[i].send(push);
            int busy = i + 1;
            await().until(() -> underWay.size() == busy);
        }
        try (RawClient oneMore = new RawClient(patient.port())) {
            assertThat(oneMore.isClosedByServer()).isTrue();
        }
        underWay.forEach(late -> late.complete(new Response(Buffer.buffer("{}"))));
        for (RawClient client : clients) {
            assertThat(client.receive().status()).isEqualTo(200);
        }
        assertThat(RawClient.exchange(patient.port(), REQUEST).status()).isEqualTo(200);
        for (RawClient client : clients) {
            client.close();
        }
    }
}
