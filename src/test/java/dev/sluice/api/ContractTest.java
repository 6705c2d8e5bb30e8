package dev.sluice.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.api.error.EdgeError;
import dev.sluice.api.error.ErrorStatus;
import dev.sluice.api.error.ErrorTable;
import dev.sluice.queue.QueueError;
import io.vertx.core.Vertx;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.openapi.contract.OpenAPIContract;
import io.vertx.openapi.contract.Operation;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ContractTest {
    private static final ContractResponses RESPONSES = ContractResponses.shared();

    static List<Route> routes() {
        return RESPONSES.contract().routes();
    }

    @Test
    void containsEveryOperationOfTheApi() {
        assertThat(routes())
                .extracting(Route::operationId)
                .containsExactlyInAnyOrder(
                        "queues-list",
                        "queues-create",
                        "queues-get",
                        "queues-update",
                        "queues-update-partial",
                        "queues-delete",
                        "queues-get-metrics",
                        "queues-list-consumers",
                        "queues-create-consumer",
                        "queues-get-consumer",
                        "queues-update-consumer",
                        "queues-delete-consumer",
                        "queues-push-message",
                        "queues-push-messages",
                        "queues-pull-messages",
                        "queues-ack-messages",
                        "queues-peek-messages",
                        "queues-purge-messages",
                        "queues-purge",
                        "queues-purge-get",
                        "subscriptions-list",
                        "subscriptions-create",
                        "subscriptions-get",
                        "subscriptions-patch",
                        "subscriptions-delete",
                        "queues-preview-messages",
                        "queues-ack-preview-messages",
                        "queue-list-queues",
                        "queue-create-queue",
                        "queue-queue-details",
                        "queue-update-queue",
                        "queue-delete-queue",
                        "queue-list-queue-consumers",
                        "queue-create-queue-consumer",
                        "queue-update-queue-consumer",
                        "queue-delete-queue-consumer",
                        "accounts-list",
                        "accounts-get",
                        "account-api-tokens-verify-token",
                        "memberships-list",
                        "user-get",
                        "user-tokens-verify");
    }

    @Test
    void isValidOpenApiInFull() {
        Vertx vertx = Vertx.vertx();
        try {
            OpenAPIContract full = OpenAPIContract.from(
                            vertx, RESPONSES.contract().document().copy())
                    .await();
            assertThat(full.operations())
                    .extracting(Operation::getOperationId)
                    .containsExactlyInAnyOrderElementsOf(
                            routes().stream().map(Route::operationId).toList());
        } finally {
            vertx.close().await();
        }
    }

    @ParameterizedTest
    @MethodSource("routes")
    void everyExampleFitsItsSchema(Route route) {
        JsonObject operation = RESPONSES.operation(route.operationId());
        JsonObject request = operation.getJsonObject("requestBody");
        if (request != null) {
            assertExamplesFit(route + " request", request);
        }
        for (Map.Entry<String, Object> response : operation.getJsonObject("responses")) {
            assertExamplesFit(route + " " + response.getKey(), RESPONSES.resolve((JsonObject) response.getValue()));
        }
    }

    private static void assertExamplesFit(String where, JsonObject holder) {
        JsonObject content = holder.getJsonObject("content").getJsonObject("application/json");
        String reference = content.getJsonObject("schema").getString("$ref");
        String schema = reference.substring(reference.lastIndexOf('/') + 1);
        JsonObject examples = content.getJsonObject("examples");
        assertThat(examples).as(where).isNotEmpty();
        for (Map.Entry<String, Object> example : examples) {
            Object value = ((JsonObject) example.getValue()).getValue("value");
            assertThat(RESPONSES.problems(schema, value))
                    .as(where + " " + example.getKey())
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ack-with-retries", "batch", "create-http-pull-consumer", "create-queue", "error-malformed-json",
                "error-paused", "error-pull-without-consumer", "error-schema", "error-unknown-queue", "list-queues",
                "metrics", "peek-and-purge-by-ref", "pull", "push-json", "push-text"
            })
    void everyRecordedExchangeFitsTheContract(String name) throws IOException {
        for (JsonObject exchange : exchanges(name)) {
            JsonObject request = exchange.getJsonObject("request");
            JsonObject response = exchange.getJsonObject("response");
            RESPONSES.check(
                    request.getString("method"),
                    URI.create(request.getString("path")),
                    response.getInteger("status"),
                    response.getJsonObject("body").encode());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ack-with-retries:MqAck",
                "batch:MqQueueBatch",
                "create-http-pull-consumer:MqConsumerRequest",
                "create-queue:MqQueueCreate",
                "pull:MqPull",
                "push-json:MqQueueMessage",
                "push-text:MqQueueMessage"
            })
    void everyRecordedRequestFitsTheContract(String nameAndSchema) throws IOException {
        String[] parts = nameAndSchema.split(":");
        for (JsonObject exchange : exchanges(parts[0])) {
            JsonObject body = exchange.getJsonObject("request").getJsonObject("body");
            assertThat(RESPONSES.problems(parts[1], body)).isEmpty();
        }
    }

    @Test
    void aMessageOfTheWrongTypeDoesNotFit() throws IOException {
        JsonObject body =
                exchanges("error-schema").get(0).getJsonObject("request").getJsonObject("body");
        assertThat(RESPONSES.problems("MqQueueMessage", body)).isNotEmpty();
    }

    /** The status is documented as a response of an operation, or in the text about the failures of all operations. */
    @Test
    void everyFailureOfTheErrorTableIsInTheContract() {
        JsonObject responses =
                RESPONSES.contract().document().getJsonObject("components").getJsonObject("responses");
        String others = responses.getJsonObject("Failed").getString("description");
        String text = RESPONSES.contract().text().toString();
        List<Enum<?>> errors = new ArrayList<>(List.of(QueueError.values()));
        errors.addAll(List.of(EdgeError.values()));
        for (Enum<?> error : errors) {
            ErrorStatus row =
                    error instanceof QueueError domain ? ErrorTable.of(domain) : ErrorTable.of((EdgeError) error);
            String status = Integer.toString(row.status());
            assertThat(others.contains("(" + status + ", " + row.code() + ")")
                            || text.contains("'" + status + "': { $ref")
                                    && text.matches("(?s).*\\b" + row.code() + "\\b.*"))
                    .as(error + " " + status + " " + row.code())
                    .isTrue();
        }
    }

    @Test
    void integralFloatsAreIntegers() {
        JsonObject body = new JsonObject(
                "{\"queue_name\":\"q\",\"settings\":{\"delivery_delay\":30.0," + "\"message_retention_period\":1e3}}");
        assertThat(RESPONSES.problems("MqQueueCreate", body)).isEmpty();
        body.getJsonObject("settings").put("delivery_delay", 30.5);
        assertThat(RESPONSES.problems("MqQueueCreate", body)).isNotEmpty();
    }

    @Test
    void aResponseWithAnExtraOrAMissingFieldDoesNotFit() {
        JsonObject response = new JsonObject("{\"success\":true,\"errors\":[],\"messages\":[],\"result\":"
                + "{\"backlog_count\":0,\"backlog_bytes\":0,\"oldest_message_timestamp_ms\":0}}");
        assertThat(RESPONSES.problems("MetricsResponse", response)).isEmpty();
        JsonObject more = response.copy();
        more.getJsonObject("result").put("extra", 1);
        assertThat(RESPONSES.problems("MetricsResponse", more)).isNotEmpty();
        JsonObject fewer = response.copy();
        fewer.getJsonObject("result").remove("backlog_bytes");
        assertThat(RESPONSES.problems("MetricsResponse", fewer)).isNotEmpty();
    }

    private static List<JsonObject> exchanges(String name) throws IOException {
        try (InputStream in = ContractTest.class.getResourceAsStream("/examples/" + name + ".json")) {
            Object value = Json.decodeValue(new String(in.readAllBytes(), StandardCharsets.UTF_8));
            JsonArray all = value instanceof JsonArray array ? array : new JsonArray().add(value);
            List<JsonObject> exchanges = new ArrayList<>();
            all.forEach(each -> exchanges.add((JsonObject) each));
            return exchanges;
        }
    }
}
