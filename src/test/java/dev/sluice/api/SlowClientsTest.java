package dev.sluice.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Clients that take their time, or come in crowds. */
class SlowClientsTest {
    private static final int CONNECTIONS_MAX = 4;
    /** One that waits for a second. */
    private static EdgeServer edge;

    @BeforeAll
    static void start() {
        edge = new EdgeServer(new HttpSettings("127.0.0.1", 0, null, 60, 1, 1, 8192));
    }

    @AfterAll
    static void stop() {
        edge.close();
    }

    @Test
    void aBodyThatDoesNotArriveInTimeIsRefusedAndTheConnectionClosed() throws IOException {
        String queueId = edge.queue("orders");
        try (RawClient client = new RawClient(edge.port())) {
            client.send("POST /client/v4/accounts/" + EdgeServer.ACCOUNT + "/queues/" + queueId
                    + "/messages HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + EdgeServer.WRITER
                    + "\r\nContent-Length: 100\r\n\r\n{\"body\":");
            RawClient.Response answer = client.receive();
            assertThat(answer.status()).isEqualTo(408);
            assertThat(answer.body()).contains("\"code\":10201");
            assertThat(client.isClosedByServer()).isTrue();
        }
    }

    @Test
    void aConnectionThatSaysNothingIsClosed() throws IOException {
        try (RawClient client = new RawClient(edge.port())) {
            assertThat(client.isClosedByServer()).isTrue();
        }
    }

    @Test
    void aConnectionWhoseFirstRequestDoesNotEndItsHeadersIsClosed() throws IOException {
        try (RawClient client = new RawClient(edge.port())) {
            client.send("POST /client/v4/accounts HTTP/1.1\r\nHost:");
            assertThat(client.isClosedByServer()).isTrue();
        }
    }

    @Test
    void aConnectionOverTheLimitIsClosedAndThereIsRoomAgainWhenOthersLeave() throws IOException {
        HttpSettings patient = new HttpSettings("127.0.0.1", 0, null, 60, 60, 60, 8192);
        try (EdgeServer full = new EdgeServer(patient, CONNECTIONS_MAX)) {
            closesWhatIsOverTheLimit(full);
        }
    }

    private static void closesWhatIsOverTheLimit(EdgeServer full) throws IOException {
        String request = "GET /openapi.yaml HTTP/1.1\r\nHost: x\r\n\r\n";
        RawClient[] clients = new RawClient[CONNECTIONS_MAX];
        for (int i = 0; i < clients.length; i++) {
            clients[i] = new RawClient(full.port());
            clients[i].send(request);
            assertThat(clients[i].receive().status()).isEqualTo(200);
        }
        try (RawClient oneMore = new RawClient(full.port())) {
            assertThat(oneMore.isClosedByServer()).isTrue();
        }
        for (RawClient client : clients) {
            client.close();
        }
        await().until(() -> answers(full, request));
    }

    /** Whether there is room for a connection; without it a connection ends before its answer. */
    private static boolean answers(EdgeServer server, String request) {
        try {
            return RawClient.exchange(server.port(), request).status() == 200;
        } catch (IOException noRoom) {
            return false;
        }
    }
}
