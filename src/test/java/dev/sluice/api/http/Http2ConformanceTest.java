package dev.sluice.api.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.api.ContractResponses;
import dev.sluice.api.EdgeServer;
import dev.sluice.api.HttpConfigs;
import dev.sluice.api.RawHttp2;
import dev.sluice.api.RawHttp2.Outcome;
import dev.sluice.api.SelfSigned;
import dev.sluice.api.error.EdgeError;
import dev.sluice.api.error.EdgeException;
import dev.sluice.config.HttpConfig;
import dev.sluice.queue.QueueSettings;
import io.vertx.core.Future;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** Which requests are malformed according to RFC 9113, and which are not, a row for each rule. */
class Http2ConformanceTest {
    private static final int PROTOCOL_ERROR = 1;

    @TempDir
    static Path directory;

    private static EdgeServer edge;
    private static String path;

    private final AtomicInteger pushes = new AtomicInteger();

    /**
     * A push with one change.
     *
     * @param rule the section of RFC 9113, and what it requires
     * @param without names of fields that are left out
     * @param with names and values of fields that are added
     */
    private record Row(String rule, String without, List<String> with, String data, List<String> trailers) {
        @Override
        public String toString() {
            return rule;
        }
    }

    private static Row with(String rule, String... fields) {
        return new Row(rule, "", List.of(fields), "{}", List.of());
    }

    private static Row instead(String rule, String name, String value) {
        return new Row(rule, name, List.of(name, value), "{}", List.of());
    }

    private static Row without(String rule, String name) {
        return new Row(rule, name, List.of(), "{}", List.of());
    }

    private static Row trailer(String rule, String name, String value) {
        return new Row(rule, "", List.of(), "{}", List.of(name, value));
    }

    static final List<Row> REFUSED = List.of(
            with("8.1.1 a length beyond the body", "content-length", "3"),
            with("8.1.1 a length short of the body", "content-length", "1"),
            new Row("8.1.1 a length without a body", "", List.of("content-length", "2"), null, List.of()),
            with("8.1.1 two lengths", "content-length", "2", "content-length", "3"),
            with("8.1.1 a negative length", "content-length", "-1"),
            with("8.1.1 a length that is no number", "content-length", "2a"),
            with("8.2.1 a name in upper case", "Accept", "x"),
            with("8.2.1 a name with a space", "a b", "x"),
            with("8.2.1 a name with a colon", "a:b", "x"),
            with("8.2.1 a name that is no ASCII", "a\u00e4", "x"),
            with("8.2.1 a control character in a name", "a\u0001", "x"),
            with("8.2.1 an empty name", "", "x"),
            with("8.2.1 a NUL in a value", "a", "b\0c"),
            with("8.2.1 a CR in a value", "a", "b\rc"),
            with("8.2.1 a LF in a value", "a", "b\nc"),
            with("8.2.1 a space before a value", "a", " b"),
            with("8.2.1 a tab behind a value", "a", "b\t"),
            with("8.2.1 a space behind a value", "a", "b "),
            with("8.2.2 Connection", "connection", "close"),
            with("8.2.2 Keep-Alive", "keep-alive", "1"),
            with("8.2.2 Proxy-Connection", "proxy-connection", "close"),
            with("8.2.2 Transfer-Encoding", "transfer-encoding", "chunked"),
            with("8.2.2 Upgrade", "upgrade", "h2c"),
            with("8.2.2 TE other than trailers", "te", "gzip"),
            with("8.3 an unknown pseudo-header", ":x", "y"),
            with("8.3 a pseudo-header of responses", ":status", "200"),
            with("8.3 a pseudo-header behind a field", "a", "b", ":scheme", "https"),
            without("8.3.1 no method", ":method"),
            without("8.3.1 no scheme", ":scheme"),
            without("8.3.1 no path", ":path"),
            with("8.3.1 two methods", ":method", "POST"),
            with("8.3.1 two paths", ":path", "/"),
            with("8.3.1 two schemes", ":scheme", "https"),
            with("8.3.1 two authorities", ":authority", "localhost"),
            instead("8.3.1 an empty path", ":path", ""),
            instead("8.3.1 a path that is relative", ":path", "client"),
            instead("8.3.1 an asterisk without OPTIONS", ":path", "*"),
            instead("8.3.1 a path with a space", ":path", "/ x"),
            instead("8.3.1 a path with a control character", ":path", "/\u0001"),
            instead("8.3.1 a path that is no ASCII", ":path", "/\u00e4"),
            instead("8.3.1 a path with a fragment", ":path", "/#a"),
            instead("8.3.1 a method that is no token", ":method", "PO ST"),
            without("8.3.1 neither authority nor Host", ":authority"),
            with("8.3.1 a Host other than the authority", "host", "example.com"),
            with("8.3.1 a Host of another port", "host", "localhost:1"),
            with("8.3.1 two Hosts", "host", "localhost", "host", "localhost"),
            new Row(
                    "8.3.1 two Hosts instead of an authority",
                    ":authority",
                    List.of("host", "a", "host", "b"),
                    "{}",
                    List.of()),
            instead("8.3.1 an empty authority", ":authority", ""),
            instead("8.3.1 an authority with user information", ":authority", "a@localhost"),
            instead("8.3.1 an authority that is none", ":authority", "local host"),
            instead("8.3.1 an authority with a path", ":authority", "localhost/a"),
            trailer("8.1 a pseudo-header in trailers", ":path", "/"),
            trailer("8.2.1 a trailer in upper case", "A", "b"),
            trailer("8.2.2 Connection in trailers", "connection", "close"));

    static final List<Row> TAKEN = List.of(
            with("8.1.1 the length of the body", "content-length", "2"),
            with("8.1.1 two lengths that agree", "content-length", "2", "content-length", "2"),
            with("8.2.1 a value with spaces inside, and what is no ASCII", "a", "b c\td\u00e4"),
            with("8.2.2 TE with trailers", "te", "trailers"),
            new Row(
                    "8.3.1 Host instead of the authority",
                    ":authority",
                    List.of("host", "localhost:443"),
                    "{}",
                    List.of()),
            with("8.3.1 a Host that is the authority", "host", "localhost"),
            instead("8.3.1 an authority that is an address", ":authority", "[::1]:443"),
            trailer("8.1 trailers", "a", "b"));

    @BeforeAll
    static void start() throws Exception {
        edge = new EdgeServer(HttpConfigs.of(SelfSigned.tls(directory), 60, 10, 10));
        String queueId = edge.catalog
                .createQueue(EdgeServer.ACCOUNT, "orders", QueueSettings.DEFAULT, null)
                .await()
                .queueId();
        path = "/client/v4/accounts/" + EdgeServer.ACCOUNT + "/queues/" + queueId + "/messages";
    }

    @AfterAll
    static void stop() {
        edge.close();
    }

    @BeforeEach
    void countPushes() {
        edge.behaviours.put("queues-push-message", call -> {
            pushes.incrementAndGet();
            return Future.failedFuture(new EdgeException(
                    EdgeError.MESSAGE_BODY_INVALID, call.body().length() + " bytes"));
        });
    }

    private static List<String[]> fields(Row row) {
        List<String[]> fields = new ArrayList<>(List.of(
                new String[] {":method", "POST"},
                new String[] {":scheme", "https"},
                new String[] {":path", path},
                new String[] {":authority", "localhost"}));
        fields.removeIf(field -> field[0].equals(row.without));
        List<String[]> added = pairs(row.with);
        // Pseudo-headers come first, unless the row is about their position.
        if (!added.isEmpty() && added.get(0)[0].startsWith(":")) {
            fields.addAll(added);
            fields.add(new String[] {"authorization", "Bearer " + EdgeServer.WRITER});
        } else {
            fields.add(new String[] {"authorization", "Bearer " + EdgeServer.WRITER});
            fields.addAll(added);
        }
        return fields;
    }

    private static List<String[]> pairs(List<String> namesAndValues) {
        List<String[]> pairs = new ArrayList<>();
        for (int i = 0; i < namesAndValues.size(); i += 2) {
            pairs.add(new String[] {namesAndValues.get(i), namesAndValues.get(i + 1)});
        }
        return pairs;
    }

    private static Outcome exchange(RawHttp2 client, Row row) throws Exception {
        return client.exchange(fields(row), row.data, pairs(row.trailers));
    }

    private static void assertServes(RawHttp2 client) throws Exception {
        Outcome outcome = exchange(client, with("a push as it should be"));
        assertThat(outcome.body()).contains("2 bytes");
    }

    @ParameterizedTest
    @FieldSource("REFUSED")
    void malformedInputIsAProtocolErrorAndNotServed(Row row) throws Exception {
        try (RawHttp2 client = new RawHttp2(edge.port()).acknowledging()) {
            Outcome outcome = exchange(client, row);
            assertThat(outcome.errorCode()).as(outcome.toString()).isEqualTo(PROTOCOL_ERROR);
            assertThat(outcome.body()).isEmpty();
            assertThat(pushes).hasValue(0);
        }
    }

    @ParameterizedTest
    @FieldSource("TAKEN")
    void unusualButValidInputIsAccepted(Row row) throws Exception {
        try (RawHttp2 client = new RawHttp2(edge.port()).acknowledging()) {
            assertThat(exchange(client, row).body()).contains("2 bytes");
            assertServes(client);
        }
    }

    @Test
    void aUrlBeyondTheLimitIs414AndHeadersBeyondItAre431() throws Exception {
        String much = "y".repeat(HttpConfig.HEADER_BYTES_MAX + 1);
        assertRefused(instead("a long path", ":path", "/" + much), 414);
        assertRefused(with("a long field", "x", much), 431);
        String[] many = new String[360];
        for (int i = 0; i < many.length; i += 2) {
            many[i] = "x" + i;
            many[i + 1] = "y".repeat(100);
        }
        assertRefused(with("many fields", many), 431);
    }

    @Test
    void aContentCodingIs415() throws Exception {
        assertRefused(with("gzip", "content-encoding", "gzip"), 415);
    }

    private static void assertRefused(Row row, int status) throws Exception {
        try (RawHttp2 client = new RawHttp2(edge.port())) {
            Outcome outcome = exchange(client, row);
            assertThat(outcome.status()).as(outcome.toString()).isEqualTo(status);
            ContractResponses.shared().check("POST", URI.create("/unknown"), status, outcome.body());
            assertThat(outcome.body()).contains("\"code\":10026");
            assertServes(client);
        }
    }
}
