package dev.sluice.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Clients that take their time, or come in crowds. */
class SlowClientsTest {
    private static final int CONNECTIONS_MAX = 4;
    private static EdgeServer edge;

    @BeforeAll
    static void start() {
        edge = new EdgeServer(new HttpSettings("127.0.0.1", 0, null, 60, 1, 1, 8192), CONNECTIONS_MAX);
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
    void aConnectionOverTheLimitIsClosedAndThereIsRoomAgainWhenOthersLeave() throws IOException {
        String request = "GET /openapi.yaml HTTP/1.1\r\nHost: x\r\n\r\n";
        RawClient[] clients = new RawClient[CONNECTIONS_MAX];
        for (int i = 0; i < clients.length; i++) {
            clients[i] = new RawClient(edge.port());
            clients[i].send(request);
            assertThat(clients[i].receive().status()).isEqualTo(200);
        }
        try (RawClient oneMore = new RawClient(edge.port())) {
            assertThat(oneMore.isClosedByServer()).isTrue();
        }
        for (RawClient client : clients) {
            client.close();
        }
        org.awaitility.Awaitility.await()
                .until(() -> RawClient.exchange(edge.port(), request).status() == 200);
    }
}
