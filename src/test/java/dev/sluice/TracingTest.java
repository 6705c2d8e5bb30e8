package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import dev.sluice.RunningServer.Reply;
import dev.sluice.config.ConfigException;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Traces of a complete server at a collector that decodes OTLP. */
class TracingTest {
    private static final String ACCOUNT = RunningServer.ACCOUNT;
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String PARENT = "00-" + TRACE + "-b7ad6b7169203331-01";
    private static final String STATE = "vendor=a<b>\"\\~";
    private static final JsonObject HELLO =
            new JsonObject().put("body", "hello").put("content_type", "text");

    @TempDir
    Path directory;

    private static Map<String, String> exportTo(TraceCollector collector, String... more) {
        Map<String, String> environment = new HashMap<>();
        environment.put("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url());
        environment.put("OTEL_BSP_SCHEDULE_DELAY", "20");
        for (int i = 0; i < more.length; i += 2) {
            environment.put(more[i], more[i + 1]);
        }
        return environment;
    }

    private static Reply post(RunningServer server, String path, JsonObject body, String... headers) throws Exception {
        Map<String, String> all = new HashMap<>(RunningServer.bearer(RunningServer.WRITER));
        for (int i = 0; i < headers.length; i += 2) {
            all.put(headers[i], headers[i + 1]);
        }
        String messages = "/accounts/" + ACCOUNT + "/queues/" + server.queueId(ACCOUNT, "one") + "/messages" + path;
        return server.send("POST", messages, all, body.encode());
    }

    private static JsonArray pull(RunningServer server) throws Exception {
        return post(server, "/pull", new JsonObject().put("batch_size", 10))
                .result()
                .getJsonArray("messages");
    }

    private static JsonObject metadata(JsonArray messages, int index) {
        return messages.getJsonObject(index).getJsonObject("metadata");
    }

    @Test
    void oneTraceGoesThroughTheQueue() throws Exception {
        try (TraceCollector collector = new TraceCollector();
                RunningServer server = new RunningServer(
                        exportTo(
                                collector,
                                "OTEL_SERVICE_NAME",
                                "orders",
                                "OTEL_RESOURCE_ATTRIBUTES",
                                "team=shop,service.name=ignored",
                                "OTEL_EXPORTER_OTLP_HEADERS",
                                "api-key=k1"),
                        "storage.engine=rocksdb",
                        "storage.directory=" + directory.resolve("data"))) {
            post(server, "", HELLO, "traceparent", PARENT, "tracestate", STATE);
            JsonArray pulled = pull(server);
            assertThat(metadata(pulled, 0).getString("traceparent")).isEqualTo(PARENT);
            assertThat(metadata(pulled, 0).getString("tracestate")).isEqualTo(STATE);
            String lease = pulled.getJsonObject(0).getString("lease_id");
            JsonObject acks =
                    new JsonObject().put("acks", new JsonArray().add(new JsonObject().put("lease_id", lease)));
            post(server, "/ack", acks, "traceparent", PARENT);

            Span push = collector.await("push one", 1).get(0);
            assertThat(TraceCollector.hex(push.getTraceId())).isEqualTo(TRACE);
            assertThat(TraceCollector.hex(push.getParentSpanId())).isEqualTo("b7ad6b7169203331");
            assertThat(push.getTraceState()).isEqualTo(STATE);
            assertThat(push.getKind()).isEqualTo(Span.SpanKind.SPAN_KIND_SERVER);
            String id = pulled.getJsonObject(0).getString("id");
            assertThat(TraceCollector.attributes(push))
                    .containsOnly(
                            entry("messaging.system", "sluice"),
                            entry("messaging.operation.name", "push"),
                            entry("messaging.operation.type", "send"),
                            entry("messaging.destination.name", "one"),
                            entry("messaging.message.id", id),
                            entry("messaging.message.body.size", "5"),
                            entry("sluice.account.id", ACCOUNT),
                            entry("sluice.queue.id", server.queueId(ACCOUNT, "one")),
                            entry("http.response.status_code", "200"));

            Span pull = collector.await("pull one", 1).get(0);
            assertThat(pull.getParentSpanId().isEmpty()).isTrue();
            assertThat(TraceCollector.attributes(pull))
                    .containsEntry("messaging.operation.type", "receive")
                    .containsEntry("messaging.batch.message_count", "1");
            assertThat(TraceCollector.hex(pull.getLinks(0).getTraceId())).isEqualTo(TRACE);
            assertThat(TraceCollector.texts(pull.getLinks(0).getAttributesList()))
                    .containsOnly(entry("messaging.message.id", id));

            Span ack = collector.await("ack one", 1).get(0);
            assertThat(TraceCollector.hex(ack.getTraceId())).isEqualTo(TRACE);
            assertThat(TraceCollector.attributes(ack)).containsEntry("messaging.operation.type", "settle");

            Span commit = collector.await("commit", 1).get(0);
            assertThat(commit.getLinks(0).getSpanId()).isEqualTo(push.getSpanId());
            assertThat(commit.getLinks(0).getTraceId()).isEqualTo(push.getTraceId());
            assertThat(commit.getEndTimeUnixNano()).isGreaterThan(commit.getStartTimeUnixNano());

            assertThat(collector.resource())
                    .containsEntry("service.name", "orders")
                    .containsEntry("team", "shop");
            assertThat(collector.requests()).allMatch("POST /v1/traces application/x-protobuf k1"::equals);
        }
    }

    @Test
    void aPushWithoutContextStartsATraceAndABatchIsCounted() throws Exception {
        try (TraceCollector collector = new TraceCollector();
                RunningServer server = new RunningServer(exportTo(collector))) {
            post(
                    server,
                    "/batch",
                    new JsonObject().put("messages", new JsonArray().add(HELLO).add(HELLO)));
            JsonArray pulled = pull(server);

            Span push = collector.await("push one", 1).get(0);
            assertThat(TraceCollector.attributes(push)).containsEntry("messaging.batch.message_count", "2");
            assertThat(metadata(pulled, 0).getString("traceparent"))
                    .startsWith(TraceCollector.parentOf(push).substring(0, 52));
            assertThat(metadata(pulled, 1).getString("traceparent"))
                    .isEqualTo(metadata(pulled, 0).getString("traceparent"));
            assertThat(collector.resource()).containsEntry("service.name", "sluice");
        }
    }

    @Test
    void aWorkerGetsTheTraceInAHeaderAndInTheBatch() throws Exception {
        CompletableFuture<HttpServerRequest> request = new CompletableFuture<>();
        CompletableFuture<JsonObject> batch = new CompletableFuture<>();
        Vertx vertx = Vertx.vertx();
        int port = TestTimeout.get(vertx.createHttpServer()
                        .requestHandler(received -> {
                            request.complete(received);
                            received.bodyHandler(body -> {
                                batch.complete(body.toJsonObject());
                                received.response().end();
                            });
                        })
                        .listen(0, "127.0.0.1")
                        .toCompletionStage())
                .actualPort();
        String queue = "queues=[{account: '" + ACCOUNT + "', name: one, consumer: {type: worker, script_name: w}}]";
        try (TraceCollector collector = new TraceCollector();
                RunningServer server = new RunningServer(
                        exportTo(collector),
                        "workers={w: {url: 'http://127.0.0.1:" + port + "/', key: 0123456789abcdefg}}",
                        queue)) {
            post(server, "", HELLO, "traceparent", PARENT, "tracestate", STATE);

            Span deliver = collector.await("deliver one", 1).get(0);
            assertThat(TraceCollector.hex(deliver.getTraceId())).isEqualTo(TRACE);
            assertThat(TraceCollector.hex(deliver.getParentSpanId())).isEqualTo("b7ad6b7169203331");
            assertThat(deliver.getKind()).isEqualTo(Span.SpanKind.SPAN_KIND_CLIENT);
            assertThat(deliver.getLinksCount()).isEqualTo(1);
            assertThat(TestTimeout.get(request).getHeader("traceparent")).isEqualTo(TraceCollector.parentOf(deliver));
            assertThat(TestTimeout.get(request).getHeader("tracestate")).isEqualTo(STATE);
            JsonObject metadata = metadata(TestTimeout.get(batch).getJsonArray("messages"), 0);
            assertThat(metadata.getString("traceparent")).isEqualTo(PARENT);
            assertThat(metadata.getString("tracestate")).isEqualTo(STATE);
        } finally {
            TestTimeout.get(vertx.close().toCompletionStage());
        }
    }

    @Test
    void aRefusedRequestIsASpanWithItsStatus() throws Exception {
        try (TraceCollector collector = new TraceCollector();
                RunningServer server = new RunningServer(
                        exportTo(collector, "OTEL_RESOURCE_ATTRIBUTES", "service.name=from-attributes"))) {
            post(server, "", new JsonObject(), "traceparent", PARENT);
            server.send(
                    "POST",
                    "/accounts/" + ACCOUNT + "/queues/" + server.queueId(ACCOUNT, "one") + "/messages",
                    RunningServer.bearer("wrong"),
                    HELLO.encode());
            post(server, "", HELLO);

            List<Span> spans = collector.await("push one", 2);
            assertThat(spans).hasSize(2);
            assertThat(collector.resource()).containsEntry("service.name", "from-attributes");
            assertThat(TraceCollector.attributes(spans.get(0)))
                    .containsEntry("http.response.status_code", "400")
                    .containsEntry("error.type", "400");
            assertThat(spans.get(0).getStatus().getCode()).isEqualTo(Status.StatusCode.STATUS_CODE_UNSET);
        }
    }

    @Test
    void withoutVariablesContextsPassAndNothingElseChanges() throws Exception {
        try (RunningServer server = new RunningServer()) {
            post(server, "", HELLO);
            post(server, "", HELLO, "traceparent", PARENT, "tracestate", STATE);
            post(server, "", HELLO, "traceparent", PARENT.toUpperCase(Locale.ROOT));
            post(server, "", HELLO, "tracestate", STATE);
            JsonArray pulled = pull(server);

            assertThat(metadata(pulled, 0).fieldNames()).containsExactly("CF-Content-Type", "CF-sourceMessageSource");
            assertThat(metadata(pulled, 1).fieldNames())
                    .containsExactly("CF-Content-Type", "CF-sourceMessageSource", "traceparent", "tracestate");
            assertThat(metadata(pulled, 1).getString("traceparent")).isEqualTo(PARENT);
            assertThat(metadata(pulled, 2)).isEqualTo(metadata(pulled, 0));
            assertThat(metadata(pulled, 3)).isEqualTo(metadata(pulled, 0));
        }
    }

    @Test
    void contextsAreNotReadWithoutTheirPropagator() throws Exception {
        try (RunningServer server = new RunningServer(Map.of("OTEL_PROPAGATORS", "none"))) {
            post(server, "", HELLO, "traceparent", PARENT);

            assertThat(metadata(pull(server), 0).containsKey("traceparent")).isFalse();
        }
    }

    @Test
    void aDisabledSdkExportsNothing() throws Exception {
        try (TraceCollector collector = new TraceCollector()) {
            try (RunningServer server = new RunningServer(exportTo(collector, "OTEL_SDK_DISABLED", "true"))) {
                post(server, "", HELLO, "traceparent", PARENT);
            }
            try (RunningServer server = new RunningServer(exportTo(collector, "OTEL_TRACES_EXPORTER", "none"))) {
                post(server, "", HELLO, "traceparent", PARENT);
            }
            try (RunningServer server = new RunningServer(exportTo(collector, "OTEL_TRACES_SAMPLER", "always_off"))) {
                post(server, "", HELLO, "traceparent", PARENT);
            }
            assertThat(collector.requests()).isEmpty();
        }
    }

    @Test
    void aMovedMessageStaysInItsTrace() throws Exception {
        try (RunningServer server = new RunningServer()) {
            post(server, "", HELLO, "traceparent", PARENT, "tracestate", STATE);
            String redrives =
                    "/sluice/v1/accounts/" + ACCOUNT + "/queues/" + server.queueId(ACCOUNT, "one") + "/redrives";
            server.sendTo(
                    "POST",
                    redrives,
                    RunningServer.bearer(RunningServer.WRITER),
                    new JsonObject().put("destination_queue_name", "two").encode());

            JsonObject peek = new JsonObject().put("batch_size", 1);
            JsonArray moved = Awaitility.await()
                    .until(
                            () -> server.post(ACCOUNT, "two", "/peek", peek)
                                    .result()
                                    .getJsonArray("messages"),
                            messages -> !messages.isEmpty());
            assertThat(metadata(moved, 0).getString("traceparent")).isEqualTo(PARENT);
            assertThat(metadata(moved, 0).getString("tracestate")).isEqualTo(STATE);
        }
    }

    @Test
    void aStopExportsWhatIsRecorded() throws Exception {
        try (TraceCollector collector = new TraceCollector()) {
            try (RunningServer server = new RunningServer(exportTo(collector, "OTEL_BSP_SCHEDULE_DELAY", "3600000"))) {
                post(server, "", HELLO);
            }
            assertThat(collector.spans()).extracting(Span::getName).containsExactly("push one");
        }
    }

    @Test
    void aRatioKeepsTheDecisionOfTheCaller() throws Exception {
        try (TraceCollector collector = new TraceCollector();
                RunningServer server = new RunningServer(
                        exportTo(
                                collector,
                                "OTEL_TRACES_SAMPLER",
                                "parentbased_traceidratio",
                                "OTEL_TRACES_SAMPLER_ARG",
                                "0"),
                        "storage.engine=rocksdb",
                        "storage.directory=" + directory.resolve("data"))) {
            post(server, "", HELLO);
            post(server, "", HELLO, "traceparent", PARENT.replace("-01", "-00"));
            post(server, "", HELLO, "traceparent", PARENT);

            collector.await("commit", 1);
            assertThat(collector.await("push one", 1)).hasSize(1);
            JsonArray pulled = pull(server);
            assertThat(metadata(pulled, 0).containsKey("traceparent")).isFalse();
            assertThat(metadata(pulled, 1).getString("traceparent")).endsWith("-00");
            assertThat(metadata(pulled, 2).getString("traceparent")).isEqualTo(PARENT);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "OTEL_TRACES_EXPORTER|zipkin|OTEL_TRACES_EXPORTER must be otlp or none, not zipkin",
                "OTEL_EXPORTER_OTLP_PROTOCOL|grpc|OTEL_EXPORTER_OTLP_PROTOCOL must be http/protobuf, not grpc",
                "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT|collector:4318|OTEL_EXPORTER_OTLP_TRACES_ENDPOINT must be a URL",
                "OTEL_TRACES_SAMPLER|sometimes|OTEL_TRACES_SAMPLER must be one of always_off, always_on",
                "OTEL_BSP_SCHEDULE_DELAY|soon|OTEL_BSP_SCHEDULE_DELAY",
                "OTEL_EXPORTER_OTLP_TIMEOUT|soon|OTEL_EXPORTER_OTLP_TIMEOUT",
                "OTEL_PROPAGATORS|pigeon|OTEL_PROPAGATORS",
                "OTEL_EXPORTER_OTLP_HEADERS|very-secret|OTEL_EXPORTER_OTLP_HEADERS must be a list"
            })
    void aWrongValueIsRefusedByName(String name, String value, String message) {
        Map<String, String> environment = new HashMap<>(Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9"));
        environment.put(name, value);

        assertThatThrownBy(() -> new RunningServer(environment).close())
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(message)
                .hasMessageNotContaining("very-secret")
                .extracting(failure -> failure.getMessage().lines().count())
                .isEqualTo(1L);
    }

    @Test
    void aRatioThatIsNoneIsRefusedByName() {
        Map<String, String> environment = Map.of(
                "OTEL_TRACES_EXPORTER",
                "otlp",
                "OTEL_TRACES_SAMPLER",
                "traceidratio",
                "OTEL_TRACES_SAMPLER_ARG",
                "1.5");

        assertThatThrownBy(() -> new RunningServer(environment).close())
                .hasMessage("OTEL_TRACES_SAMPLER_ARG must be a number from 0 to 1, not 1.5");
    }
}
