package dev.sluice.api.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.api.EdgeServer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The pages of every list of the API (docs/api.md 1.5): pages with items, pages past the end, and invalid numbers. */
class PagesTest {
    private static EdgeServer edge;
    private static String queueId;

    private enum Listing {
        QUEUES(accountList("/queues"), 3, 100, 1000),
        CONSUMERS(accountList("/queues/{queue}/consumers"), 1, 100, 100),
        SUBSCRIPTIONS(accountList("/event_subscriptions/subscriptions"), 3, 20, 100),
        ACCOUNTS("/client/v4/accounts", 2, 50, 1000),
        MEMBERSHIPS("/client/v4/memberships", 2, 50, 1000);

        private final String path;
        private final int items;
        private final int perPageDefault;
        private final int perPageMax;

        Listing(String path, int items, int perPageDefault, int perPageMax) {
            this.path = path;
            this.items = items;
            this.perPageDefault = perPageDefault;
            this.perPageMax = perPageMax;
        }

        private static String accountList(String rest) {
            return "/client/v4/accounts/" + EdgeServer.ACCOUNT + rest;
        }

        private JsonObject page(String query) {
            String url = path.replace("{queue}", queueId) + "?" + query;
            EdgeServer.Reply reply = edge.sendTo("GET", url, EdgeServer.ANYWHERE, null);
            assertThat(reply.status()).isEqualTo(200);
            return reply.envelope();
        }

        private JsonObject info(int count, int page, int perPage) {
            return new JsonObject()
                    .put("count", count)
                    .put("page", page)
                    .put("per_page", perPage)
                    .put("total_count", items)
                    .put("total_pages", (items + perPage - 1) / perPage);
        }
    }

    @BeforeAll
    static void start() {
        edge = new EdgeServer();
        queueId = edge.queue("a");
        edge.queue("b");
        edge.queue("c");
        edge.send("POST", "/queues/" + queueId + "/consumers", "{\"type\":\"http_pull\"}");
        for (String name : List.of("x", "y", "z")) {
            JsonObject subscription = new JsonObject()
                    .put("name", name)
                    .put("source", new JsonObject().put("type", "r2"))
                    .put(
                            "destination",
                            new JsonObject().put("type", "queues.queue").put("queue_id", queueId))
                    .put("events", new JsonArray().add("object.created"));
            edge.send("POST", "/event_subscriptions/subscriptions", subscription.encode());
        }
    }

    @AfterAll
    static void stop() {
        edge.close();
    }

    @ParameterizedTest
    @EnumSource
    void everyEntryIsOnOnePage(Listing listing) {
        JsonObject whole = listing.page("");
        assertThat(whole.getJsonObject("result_info"))
                .isEqualTo(listing.info(listing.items, 1, listing.perPageDefault));
        JsonArray one = new JsonArray();
        for (int number = 1; number <= listing.items; number++) {
            JsonObject page = listing.page("per_page=1&page=" + number);
            assertThat(page.getJsonObject("result_info")).isEqualTo(listing.info(1, number, 1));
            one.addAll(page.getJsonArray("result"));
        }
        assertThat(one).isEqualTo(whole.getJsonArray("result"));
    }

    @ParameterizedTest
    @EnumSource
    void aPagePastTheEndIsEmptyAndKeepsTheTotals(Listing listing) {
        for (int number : new int[] {2, 3, Integer.MAX_VALUE}) {
            JsonObject page = listing.page("page=" + number);
            assertThat(page.getJsonArray("result")).isEmpty();
            assertThat(page.getJsonObject("result_info")).isEqualTo(listing.info(0, number, listing.perPageDefault));
        }
        for (String number : List.of("2147483648", "99999999999999999999")) {
            assertThat(listing.page("page=" + number).getJsonArray("result")).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void anInvalidNumberCountsAsAbsentAndALargeSizeIsLowered(Listing listing) {
        for (String invalid : List.of("0", "-1", "x", "", "1.5", "%2B2", "1e1")) {
            JsonObject info = listing.info(listing.items, 1, listing.perPageDefault);
            assertThat(listing.page("page=" + invalid).getJsonObject("result_info"))
                    .as(invalid)
                    .isEqualTo(info);
            assertThat(listing.page("per_page=" + invalid).getJsonObject("result_info"))
                    .as(invalid)
                    .isEqualTo(info);
        }
        for (String many : List.of("" + (listing.perPageMax + 1), "2147483648", "99999999999999999999")) {
            assertThat(listing.page("per_page=" + many).getJsonObject("result_info"))
                    .isEqualTo(listing.info(listing.items, 1, listing.perPageMax));
        }
    }
}
