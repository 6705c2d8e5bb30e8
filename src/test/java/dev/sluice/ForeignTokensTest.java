package dev.sluice;

import static dev.sluice.RunningServer.ACCOUNT;
import static dev.sluice.RunningServer.OTHER_ACCOUNT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.RunningServer.Reply;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A lease or ref is valid only for the queue that issued it, on the same installation. */
class ForeignTokensTest {
    private static final JsonObject MESSAGE =
            new JsonObject().put("body", "hello").put("content_type", "text");

    private RunningServer firstServer;
    private RunningServer otherServer;

    @BeforeEach
    void pushToEveryQueue() throws Exception {
        firstServer = new RunningServer();
        otherServer = new RunningServer();
        for (RunningServer server : new RunningServer[] {firstServer, otherServer}) {
            server.post(ACCOUNT, "one", "", MESSAGE);
            server.post(ACCOUNT, "two", "", MESSAGE);
            server.post(OTHER_ACCOUNT, "three", "", MESSAGE);
        }
    }

    @AfterEach
    void stop() throws Exception {
        firstServer.close();
        otherServer.close();
    }

    @Test
    void aLeaseOfAnotherQueueAccountOrInstallationAcknowledgesNothing() throws Exception {
        String lease = tokenOf(firstServer.post(ACCOUNT, "one", "/pull", new JsonObject()), "lease_id");
        // Each queue has leased a message with the same number, so that only the token distinguishes them.
        for (RunningServer server : new RunningServer[] {firstServer, otherServer}) {
            server.post(ACCOUNT, "two", "/pull", new JsonObject());
            server.post(OTHER_ACCOUNT, "three", "/pull", new JsonObject());
        }
        otherServer.post(ACCOUNT, "one", "/pull", new JsonObject());

        for (JsonObject body : new JsonObject[] {entry("acks", lease), entry("retries", lease)}) {
            assertHasNoEffect(firstServer.post(ACCOUNT, "two", "/ack", body), lease);
            assertHasNoEffect(firstServer.post(OTHER_ACCOUNT, "three", "/ack", body), lease);
            assertHasNoEffect(otherServer.post(ACCOUNT, "one", "/ack", body), lease);
        }

        Reply own = firstServer.post(ACCOUNT, "one", "/ack", entry("acks", lease));
        assertThat(own.result().getInteger("ackCount")).isOne();
        assertThat(own.result().getJsonObject("warnings")).isEmpty();
        assertBacklog(firstServer, ACCOUNT, "one", 0);
    }

    @Test
    void aRefOfAnotherQueueAccountOrInstallationDeletesNothing() throws Exception {
        String ref = tokenOf(firstServer.post(ACCOUNT, "one", "/peek", new JsonObject()), "ref");
        JsonObject body = new JsonObject().put("refs", new JsonArray().add(new JsonObject().put("ref", ref)));

        assertWarns(firstServer.post(ACCOUNT, "two", "/purge", body), ref);
        assertWarns(firstServer.post(OTHER_ACCOUNT, "three", "/purge", body), ref);
        assertWarns(otherServer.post(ACCOUNT, "one", "/purge", body), ref);
        assertWarns(firstServer.post(ACCOUNT, "two", "/preview/ack", entry("acks", ref)), ref);
        assertBacklog(firstServer, ACCOUNT, "two", 1);
        assertBacklog(firstServer, OTHER_ACCOUNT, "three", 1);
        assertBacklog(otherServer, ACCOUNT, "one", 1);

        assertThat(firstServer.post(ACCOUNT, "one", "/purge", body).result().getJsonObject("warnings"))
                .isEmpty();
        assertBacklog(firstServer, ACCOUNT, "one", 0);
    }

    @Test
    void refsAndLeasesAreNotInterchangeable() throws Exception {
        String ref = tokenOf(firstServer.post(ACCOUNT, "one", "/peek", new JsonObject()), "ref");
        String lease = tokenOf(firstServer.post(ACCOUNT, "one", "/pull", new JsonObject()), "lease_id");

        assertHasNoEffect(firstServer.post(ACCOUNT, "one", "/ack", entry("acks", ref)), ref);
        JsonObject refs = new JsonObject().put("refs", new JsonArray().add(new JsonObject().put("ref", lease)));
        assertWarns(firstServer.post(ACCOUNT, "one", "/purge", refs), lease);
        assertBacklog(firstServer, ACCOUNT, "one", 1);
    }

    private static String tokenOf(Reply reply, String name) {
        return reply.result().getJsonArray("messages").getJsonObject(0).getString(name);
    }

    private static JsonObject entry(String list, String token) {
        return new JsonObject().put(list, new JsonArray().add(new JsonObject().put("lease_id", token)));
    }

    private static void assertHasNoEffect(Reply reply, String token) {
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.result().getInteger("ackCount")).isZero();
        assertThat(reply.result().getInteger("retryCount")).isZero();
        assertThat(reply.result().getJsonObject("warnings").fieldNames()).containsExactly(token);
    }

    private static void assertWarns(Reply reply, String token) {
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.result().getJsonObject("warnings").fieldNames()).containsExactly(token);
    }

    private static void assertBacklog(RunningServer server, String accountId, String name, int count) throws Exception {
        String path = "/accounts/" + accountId + "/queues/" + server.queueId(accountId, name) + "/metrics";
        String token = accountId.equals(ACCOUNT) ? RunningServer.WRITER : RunningServer.STRANGER;
        assertThat(server.send("GET", path, RunningServer.bearer(token), null)
                        .result()
                        .getInteger("backlog_count"))
                .isEqualTo(count);
    }
}
