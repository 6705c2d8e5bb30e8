package dev.sluice.api.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.api.EdgeServer;
import dev.sluice.api.EdgeServer.Reply;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What clients can read about their own credentials. */
class AccessibleAccountsTest {
    private static EdgeServer edge;

    @BeforeAll
    static void start() {
        edge = new EdgeServer();
    }

    @BeforeEach
    void clear() {
        edge.clear();
    }

    @AfterAll
    static void stop() {
        edge.close();
    }

    private Reply ask(String path, String token) {
        return edge.sendTo("GET", "/client/v4" + path, token, null);
    }

    private static void assertFails(Reply reply, int status, int code) {
        assertThat(reply.status()).as(reply.response().body()).isEqualTo(status);
        assertThat(reply.code()).isEqualTo(code);
    }

    private static List<String> ids(JsonArray accounts) {
        return accounts.stream()
                .map(each -> ((JsonObject) each).getString("id"))
                .collect(Collectors.toList());
    }

    @Test
    void aTokenListsItsAccounts() {
        assertThat(ids(ask("/accounts?page=1", EdgeServer.WRITER).envelope().getJsonArray("result")))
                .containsExactly(EdgeServer.ACCOUNT);
    }

    @Test
    void aTokenForAllAccountsListsThoseThatAreKnown() {
        edge.queue("orders");
        Reply reply = ask("/accounts", EdgeServer.ANYWHERE);
        assertThat(ids(reply.envelope().getJsonArray("result")))
                .containsExactly(EdgeServer.OTHER_ACCOUNT, EdgeServer.ACCOUNT);
        assertThat(reply.envelope().getJsonObject("result_info").getInteger("total_count"))
                .isEqualTo(2);
        assertThat(ask("/accounts?page=2", EdgeServer.ANYWHERE).envelope().getJsonArray("result"))
                .isEmpty();
    }

    @Test
    void membershipsNameTheSameAccountsAndTheRole() {
        JsonObject membership = ask("/memberships", EdgeServer.READER)
                .envelope()
                .getJsonArray("result")
                .getJsonObject(0);
        assertThat(membership.getJsonObject("account").getString("id")).isEqualTo(EdgeServer.ACCOUNT);
        assertThat(membership.getJsonArray("roles")).containsExactly("Queues Read");
        assertThat(ask("/memberships", EdgeServer.WRITER)
                        .envelope()
                        .getJsonArray("result")
                        .getJsonObject(0)
                        .getJsonArray("roles"))
                .containsExactly("Queues Write");
    }

    @Test
    void aCallerWithAnEmailIsAUser() {
        JsonObject user = ask("/user", EdgeServer.READER).result();
        assertThat(user.getString("email")).isEqualTo("reader@example.com");
        assertThat(ask("/user", EdgeServer.READER).result()).isEqualTo(user);
    }

    @Test
    void aCallerWithoutAnEmailIsNotAUser() {
        assertFails(ask("/user", EdgeServer.WRITER), 403, 9109);
    }

    @Test
    void aValidTokenIsActive() {
        assertThat(ask("/user/tokens/verify", EdgeServer.READER).result().getString("status"))
                .isEqualTo("active");
    }

    @Test
    void anInvalidTokenGetsTheErrorThatClientsExpect() {
        assertFails(ask("/user/tokens/verify", "bad"), 401, 1000);
        assertFails(ask("/user", "bad"), 403, 9109);
        assertFails(ask("/accounts", "bad"), 403, 10000);
        assertFails(ask("/memberships", "bad"), 403, 10000);
        assertFails(ask("/user/tokens/verify", null), 400, 9106);
    }
}
