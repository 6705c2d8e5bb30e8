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

/** A lease or a ref is good for the queue that gave it, on the installation that gave it, and nowhere else. */
class ForeignTokensTest {
    private static final JsonObject MESSAGE =
            new JsonObject().put("body", "hello").put("content_type", "text");

    private RunningServer here;
    private RunningServer elsewhere;

    @BeforeEach
    void pushTheSameEverywhere() throws Exception {
        here = new RunningServer();
        elsewhere = new RunningServer();
        for (RunningServer server : new RunningServer[] {here, elsewhere}) {
            server.post(ACCOUNT, "one", "", MESSAGE);
            server.post(ACCOUNT, "two", "", MESSAGE);
            server.post(OTHER_ACCOUNT, "three", "", MESSAGE);
        }
    }

    @AfterEach
    void stop() throws Exception {
        here.close();
        elsewhere.close();
    }

    @Test
    void aLeaseOfAnotherQueueAccountOrInstallationAcknowledgesNothing() throws Exception {
        String lease = tokenOf(here.post(ACCOUNT, "one", "/pull", new JsonObject()), "lease_id");
        // Each queue has leased its own message of the same number, so that only the token tells them apart.
        for (RunningServer server : new RunningServer[] {here, elsewhere}) {
            server.post(ACCOUNT, "two", "/pull", new JsonObject());
            server.post(OTHER_ACCOUNT, "three", "/pull", new JsonObject());
        }
        elsewhere.post(ACCOUNT, "one", "/pull", new JsonObject());

        for (JsonObject body : new JsonObject[] {entry("acks", lease), entry("retries", lease)}) {
            assertHasNoEffect(here.post(ACCOUNT, "two", "/ack", body), lease);
            assertHasNoEffect(here.post(OTHER_ACCOUNT, "three", "/ack", body), lease);
            assertHasNoEffect(elsewhere.post(ACCOUNT, "one", "/ack", body), lease);
        }

        Reply own = here.post(ACCOUNT, "one", "/ack", entry("acks", lease));
        assertThat(own.result().getInteger("ackCount")).isOne();
        assertThat(own.result().getJsonObject("warnings")).isEmpty();
        assertBacklog(here, ACCOUNT, "one", 0);
    }

    @Test
    void aRefOfAnotherQueueAccountOrInstallationDeletesNothing() throws Exception {
        String ref = tokenOf(here.post(ACCOUNT, "one", "/peek", new JsonObject()), "ref");
        JsonObject body = new JsonObject().put("refs", new JsonArray().add(new JsonObject().put("ref", ref)));

        assertWarns(here.post(ACCOUNT, "two", "/purge", body), ref);
        assertWarns(here.post(OTHER_ACCOUNT, "three", "/purge", body), ref);
        assertWarns(elsewhere.post(ACCOUNT, "one", "/purge", body), ref);
        assertWarns(here.post(ACCOUNT, "two", "/preview/ack", entry("acks", ref)), ref);
        assertBacklog(here, ACCOUNT, "two", 1);
        assertBacklog(here, OTHER_ACCOUNT, "three", 1);
        assertBacklog(elsewhere, ACCOUNT, "one", 1);

        assertThat(here.post(ACCOUNT, "one", "/purge", body).result().getJsonObject("warnings"))
                .isEmpty();
        assertBacklog(here, ACCOUNT, "one", 0);
    }

    @Test
    void aRefIsNoLeaseAndALeaseIsNoRef() throws Exception {
        String ref = tokenOf(here.post(ACCOUNT, "one", "/peek", new JsonObject()), "ref");
        String lease = tokenOf(here.post(ACCOUNT, "one", "/pull", new JsonObject()), "lease_id");

        assertHasNoEffect(here.post(ACCOUNT, "one", "/ack", entry("acks", ref)), ref);
        JsonObject refs = new JsonObject().put("refs", new JsonArray().add(new JsonObject().put("ref", lease)));
        assertWarns(here.post(ACCOUNT, "one", "/purge", refs), lease);
        assertBacklog(here, ACCOUNT, "one", 1);
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
