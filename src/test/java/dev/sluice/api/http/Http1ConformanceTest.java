package dev.sluice.api.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.api.ContractResponses;
import dev.sluice.api.EdgeServer;
import dev.sluice.api.RawClient;
import dev.sluice.api.RawClient.RawResponse;
import dev.sluice.api.error.EdgeError;
import dev.sluice.api.error.EdgeException;
import dev.sluice.config.HttpConfig;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.HttpObject;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpServerOptions;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/**
 * What a server refuses and accepts according to RFC 9112 and RFC 9110, a row for each rule. Each refused row is
 * followed by a complete push, which must not be served: a proxy in front could have read it as a part of the refused
 * request (request smuggling).
 */
class Http1ConformanceTest {
    private static final String HEX = "0123456789abcdef";
    private static EdgeServer edge;
    private static String path;

    private final AtomicInteger pushes = new AtomicInteger();

    /**
     * A request.
     *
     * @param rule the section of RFC 9112, or of RFC 9110 if it says so, and what it requires
     * @param request {@code PATH} and {@code AUTH} are replaced, and each line end by CR LF
     * @param text part of the response
     */
    private record Row(String rule, String request, String text) {
        @Override
        public String toString() {
            return rule;
        }
    }

    private static Row row(String rule, String request, String text) {
        return new Row(rule, request, text);
    }

    private static Row push(String rule, String text, String rest) {
        return new Row(rule, "POST PATH HTTP/1.1\nHost: x\nAUTH\n" + rest, text);
    }

    static final List<Row> REFUSED = List.of(
            row("2.2 a bare LF is no line end", "POST PATH HTTP/1.1\nHost: x\nAUTH\nA: b\0LF\n\n", "not valid HTTP"),
            row("2.2 a bare CR is no line end", "POST PATH HTTP/1.1\nHost: x\nAUTH\nA: b\rC: d\n\n", ""),
            row("2.2 white space before the first field", "POST PATH HTTP/1.1\n Host: x\nAUTH\n\n", ""),
            row("2.3 the name of the version is upper case", "POST PATH http/1.1\nHost: x\nAUTH\n\n", "HTTP/1.1"),
            row("2.3 a version is two digits", "POST PATH HTTP/1.10\nHost: x\nAUTH\n\n", "HTTP/1.1"),
            row("2.3 a version that does not exist", "POST PATH HTTP/1.2\nHost: x\nAUTH\n\n", "HTTP/1.1"),
            row("2.3 HTTP/2 without its preface", "POST PATH HTTP/2.0\nHost: x\nAUTH\n\n", "HTTP/1.1"),
            row("3 no version", "POST PATH\nHost: x\nAUTH\n\n", ""),
            row("3 two spaces", "POST  PATH HTTP/1.1\nHost: x\nAUTH\n\n", "one space"),
            row("3 two spaces before the version", "POST PATH  HTTP/1.1\nHost: x\nAUTH\n\n", "one space"),
            row("3 a tab", "POST\tPATH HTTP/1.1\nHost: x\nAUTH\n\n", "one space"),
            row("3 a space at the start", " POST PATH HTTP/1.1\nHost: x\nAUTH\n\n", "method"),
            row("3 a space at the end", "POST PATH HTTP/1.1 \nHost: x\nAUTH\n\n", ""),
            row("3 four words", "POST PATH HTTP/1.1 x\nHost: x\nAUTH\n\n", ""),
            row("3.1 a method is a token", "PO(T PATH HTTP/1.1\nHost: x\nAUTH\n\n", "token"),
            row("3.2 a control character in the target", "POST PATH?\u0001 HTTP/1.1\nHost: x\nAUTH\n\n", "target"),
            row("3.2 a NUL in the target", "POST PATH?\0 HTTP/1.1\nHost: x\nAUTH\n\n", "target"),
            row("3.2 what is no ASCII in the target", "POST PATH?\u00e4 HTTP/1.1\nHost: x\nAUTH\n\n", "target"),
            row("3.2 a fragment", "POST PATH#a HTTP/1.1\nHost: x\nAUTH\n\n", "fragment"),
            row("3.2 a relative target", "POST client/v4 HTTP/1.1\nHost: x\nAUTH\n\n", "path or a URL"),
            row("3.2 no Host", "POST PATH HTTP/1.1\nAUTH\n\n", "Host"),
            row("3.2 two Hosts", "POST PATH HTTP/1.1\nHost: x\nHost: y\nAUTH\n\n", "Host"),
            row("3.2 two Hosts that agree", "POST PATH HTTP/1.1\nHost: x\nHOST: x\nAUTH\n\n", "Host"),
            row("3.2 two Hosts in HTTP/1.0", "POST PATH HTTP/1.0\nHost: x\nHost: y\nAUTH\n\n", "Host"),
            row("3.2 an empty Host", "POST PATH HTTP/1.1\nHost:\nAUTH\n\n", "Host"),
            row("3.2 a Host with a space", "POST PATH HTTP/1.1\nHost: x y\nAUTH\n\n", "Host"),
            row("3.2 a Host that is a list", "POST PATH HTTP/1.1\nHost: x/y\nAUTH\n\n", "Host"),
            row("3.2 a Host with user information", "POST PATH HTTP/1.1\nHost: a@x\nAUTH\n\n", "Host"),
            row("3.2 a Host whose port is no number", "POST PATH HTTP/1.1\nHost: x:80a\nAUTH\n\n", "Host"),
            row("3.2 a Host whose port is too large", "POST PATH HTTP/1.1\nHost: x:65536\nAUTH\n\n", "Host"),
            row("3.2 a Host that is half an address", "POST PATH HTTP/1.1\nHost: [::1\nAUTH\n\n", "Host"),
            row("3.2 a Host that is no address", "POST PATH HTTP/1.1\nHost: [x]\nAUTH\n\n", "Host"),
            row("3.2.2 a URL without a host", "POST http:///x HTTP/1.1\nHost: x\nAUTH\n\n", "host"),
            row("3.2.2 a URL with user information", "POST http://a@x/ HTTP/1.1\nHost: x\nAUTH\n\n", "host"),
            row("3.2.2 a URL of another scheme", "POST ftp://x/ HTTP/1.1\nHost: x\nAUTH\n\n", "URL"),
            row("3.2.2 a URL and no Host", "POST http://xPATH HTTP/1.1\nAUTH\n\n", "Host"),
            row("3.2.3 CONNECT to a path", "CONNECT PATH HTTP/1.1\nHost: x\nAUTH\n\n", "CONNECT"),
            row("3.2.3 CONNECT without a port", "CONNECT x HTTP/1.1\nHost: x\nAUTH\n\n", "CONNECT"),
            row("3.2.4 an asterisk without OPTIONS", "GET * HTTP/1.1\nHost: x\nAUTH\n\n", "path or a URL"),
            push("5 a field without a colon", "", "A\n\n"),
            push("5 a field without a name", "", ": b\n\n"),
            push("5.1 white space before the colon", "", "Content-Length : 0\n\n"),
            push("5.1 a tab before the colon", "", "Content-Length\t: 0\n\n"),
            push("5.1 a name that is no token", "", "A(: b\n\n"),
            push("5.1 a name that is no ASCII", "", "A\u00e4: b\n\n"),
            push("5.2 a folded field", "folded", "A: b\n c\n\n"),
            push("5.2 a folded field, by a tab", "folded", "A: b\n\tc\n\n"),
            push("5.2 a folded field that is empty at first", "folded", "Transfer-Encoding:\n chunked\n\n0\n\n"),
            push("5.5 of 9110: a NUL in a value", "", "A: b\0c\n\n"),
            push("5.5 of 9110: a control character in a value", "", "A: b\u0001c\n\n"),
            push("5.5 of 9110: a DEL in a value", "", "A: b\u007fc\n\n"),
            push(
                    "6.1 Transfer-Encoding with Content-Length",
                    "",
                    "Content-Length: 4\nTransfer-Encoding: chunked\n\n0\n\n"),
            push(
                    "6.1 Content-Length with Transfer-Encoding",
                    "",
                    "Transfer-Encoding: chunked\nContent-Length: 4\n\n0\n\n"),
            row(
                    "6.1 Transfer-Encoding in HTTP/1.0",
                    "POST PATH HTTP/1.0\nHost: x\nAUTH\nTransfer-Encoding: chunked\n\n0\n\n",
                    ""),
            push("6.1 chunked twice", "", "Transfer-Encoding: chunked, chunked\n\n0\n\n"),
            push(
                    "6.1 chunked twice in two fields",
                    "",
                    "Transfer-Encoding: chunked\nTransfer-Encoding: chunked\n\n0\n\n"),
            push("6.1 another coding before chunked", "chunked", "Transfer-Encoding: gzip, chunked\n\n0\n\n"),
            push(
                    "6.1 another coding before chunked in a field of its own",
                    "chunked",
                    "Transfer-Encoding: gzip\nTransfer-Encoding: chunked\n\n0\n\n"),
            push("6.1 another coding after chunked", "", "Transfer-Encoding: chunked, identity\n\n0\n\n"),
            push("6.1 identity", "", "Transfer-Encoding: identity\n\n0\n\n"),
            push("6.1 identity with a length", "", "Transfer-Encoding: identity\nContent-Length: 0\n\n"),
            push("6.1 an unknown coding", "", "Transfer-Encoding: xchunked\n\n0\n\n"),
            push("6.1 no coding", "", "Transfer-Encoding:\n\n0\n\n"),
            push("6.1 an empty coding before chunked", "", "Transfer-Encoding: , chunked\n\n0\n\n"),
            push("6.1 a parameter of chunked", "", "Transfer-Encoding: chunked;a=b\n\n0\n\n"),
            push("6.1 chunked in quotes", "", "Transfer-Encoding: \"chunked\"\n\n0\n\n"),
            push("6.3 two lengths that differ", "", "Content-Length: 4\nContent-Length: 0\n\nabcd"),
            push("6.3 two lengths that agree", "", "Content-Length: 0\nContent-Length: 0\n\n"),
            push("6.3 a list of lengths", "", "Content-Length: 0, 0\n\n"),
            row(
                    "6.3 two lengths in HTTP/1.0",
                    "POST PATH HTTP/1.0\nHost: x\nAUTH\nContent-Length: 0\nContent-Length: 4\n\nabcd",
                    ""),
            push("6.3 a negative length", "", "Content-Length: -1\n\n"),
            push("6.3 a length with a sign", "", "Content-Length: +0\n\n"),
            push("6.3 a hexadecimal length", "", "Content-Length: 0x0\n\n"),
            push("6.3 an empty length", "", "Content-Length:\n\n"),
            push("6.3 a length beyond 64 bits", "", "Content-Length: 18446744073709551616\n\n"),
            row(
                    "6.3 a body whose length stands nowhere",
                    "GET PATH HTTP/1.1\nHost: x\nAUTH\nSec-WebSocket-Key1: 1\nSec-WebSocket-Key2: 2\n\n12345678",
                    "WebSocket"),
            push("7.1 a chunk of more than 31 bits", "body", "Transfer-Encoding: chunked\n\n80000000\n"),
            push("7.1 a chunk of more than 32 bits", "body", "Transfer-Encoding: chunked\n\n100000000\n\n"),
            push("7.1 a chunk of more than 64 bits", "body", "Transfer-Encoding: chunked\n\n10000000000000000\n\n"),
            push("7.1 a chunk without a size", "body", "Transfer-Encoding: chunked\n\n\n\n"),
            push("7.1 a size that is no number", "body", "Transfer-Encoding: chunked\n\nxyz\n\n"),
            push("7.1 a size with a sign", "body", "Transfer-Encoding: chunked\n\n-0\n\n"),
            push("7.1 a size with a prefix", "body", "Transfer-Encoding: chunked\n\n0x0\n\n"),
            push("7.1 white space after the size", "body", "Transfer-Encoding: chunked\n\n0 \n\n"),
            push("7.1 a bare LF after the size", "body", "Transfer-Encoding: chunked\n\n1\0LFa\n0\n\n"),
            push("7.1 a bare CR in the line of the size", "body", "Transfer-Encoding: chunked\n\n1\r;a\na\n0\n\n"),
            push("7.1 a chunk longer than its size", "body", "Transfer-Encoding: chunked\n\n1\nab\n0\n\n"),
            push("7.1 a bare LF after the chunk", "body", "Transfer-Encoding: chunked\n\n1\na\0LF0\n\n"),
            push("7.1.1 an extension with a bare LF", "body", "Transfer-Encoding: chunked\n\n1;a\0LFa\n0\n\n"),
            push("7.1.1 an extension in half quotes", "body", "Transfer-Encoding: chunked\n\n1;a=\"b\na\n0\n\n"),
            push("7.1.2 a trailer without a colon", "body", "Transfer-Encoding: chunked\n\n0\nabc\n\n"),
            push("7.1.2 a NUL in a trailer", "body", "Transfer-Encoding: chunked\n\n0\na: b\0\n\n"));

    static final List<Row> TAKEN = List.of(
            row("2.2 empty lines before the request line", "\n\nPOST PATH HTTP/1.1\nHost: x\nAUTH\n\n", "0 bytes"),
            row("3.2 a Host in upper case", "POST PATH HTTP/1.1\nHOST: EXAMPLE.com\nAUTH\n\n", "0 bytes"),
            row("3.2 a Host with a port", "POST PATH HTTP/1.1\nHost: my_host-1.a:65535\nAUTH\n\n", "0 bytes"),
            row("3.2 a Host with an empty port", "POST PATH HTTP/1.1\nHost: x:\nAUTH\n\n", "0 bytes"),
            row("3.2 a Host that is an address", "POST PATH HTTP/1.1\nHost: [::1]:80\nAUTH\n\n", "0 bytes"),
            row("3.2 a Host that is percent-encoded", "POST PATH HTTP/1.1\nHost: a%2Fb\nAUTH\n\n", "0 bytes"),
            row("3.2.2 a URL as the target", "POST http://y:1PATH HTTP/1.1\nHost: x\nAUTH\n\n", "0 bytes"),
            row("3.2.2 a URL in upper case", "POST HTTPS://YPATH HTTP/1.1\nHost: x\nAUTH\n\n", "0 bytes"),
            row("3.2.2 a URL with a query", "POST http://yPATH?a=b HTTP/1.1\nHost: x\nAUTH\n\n", "0 bytes"),
            row("3.2.2 a URL without a path", "GET http://y?a=b HTTP/1.1\nHost: x\nAUTH\n\n", "7003"),
            row("3.2.2 a URL of nothing but a host", "GET http://y HTTP/1.1\nHost: x\nAUTH\n\n", "7003"),
            row("3.2.3 an authority with CONNECT", "CONNECT y:1 HTTP/1.1\nHost: x\nAUTH\n\n", "7003"),
            row("3.2.4 an asterisk with OPTIONS", "OPTIONS * HTTP/1.1\nHost: x\nAUTH\n\n", "7003"),
            push("5.1 white space around a value", "0 bytes", "A:\t b \t\n\n"),
            push("5.1 no white space before a value", "3 bytes", "content-LENGTH:3\n\nabc"),
            push("5.5 of 9110: obs-text in a value", "0 bytes", "A: b\u00e4\n\n"),
            push("6.1 chunked in upper case", "1 bytes", "Transfer-Encoding: CHUNKED\n\n1\na\n0\n\n"),
            push("6.3 no length is no body", "0 bytes", "\n"),
            push("6.3 zeros before a length", "3 bytes", "Content-Length: 0003\n\nabc"),
            push(
                    "7.1 sizes in both cases and with zeros",
                    "27 bytes",
                    "Transfer-Encoding: chunked\n\n00000000000b\n" + HEX.substring(0, 11) + "\nf\n" + HEX.substring(1)
                            + "\n1\na\n0000\n\n"),
            push("7.1.1 an extension", "1 bytes", "Transfer-Encoding: chunked\n\n1;a=b\na\n0;c\n\n"),
            push("7.1.1 an extension in quotes", "1 bytes", "Transfer-Encoding: chunked\n\n1;a=\"b;\\\"c\"\na\n0\n\n"),
            push("7.1.1 white space before an extension", "1 bytes", "Transfer-Encoding: chunked\n\n1 ;a\na\n0\n\n"),
            push(
                    "7.1.2 trailers, which change nothing",
                    "1 bytes",
                    "Transfer-Encoding: chunked\n\n1\na\n0\nContent-Length: 9\nA: b\n\n"),
            push("10.1.1 of 9110: nothing is expected of a request without a body", "0 bytes", "Expect:\n\n"));

    @BeforeAll
    static void start() {
        edge = new EdgeServer();
        path = "/client/v4/accounts/" + EdgeServer.ACCOUNT + "/queues/" + edge.queue("orders") + "/messages";
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

    private static String bytes(String request) {
        return request.replace("PATH", path)
                .replace("AUTH", "Authorization: Bearer " + EdgeServer.WRITER)
                .replace("\n", "\r\n")
                .replace("\0LF", "\n");
    }

    private static String wholePush() {
        return bytes("POST PATH HTTP/1.1\nHost: x\nAUTH\nContent-Length: 2\n\n{}");
    }

    private static void assertRefused(RawResponse response, int status) {
        assertThat(response.status()).as(response.toString()).isEqualTo(status);
        assertThat(response.headers().toLowerCase(Locale.ROOT))
                .contains("content-type: application/json")
                .contains("connection: close");
        ContractResponses.shared().check("POST", URI.create("/unknown"), status, response.body());
        assertThat(response.body()).contains("\"code\":10026");
    }

    @ParameterizedTest
    @FieldSource("REFUSED")
    void malformedInputIsRefusedAndTheConnectionCloses(Row row) throws IOException {
        try (RawClient client = new RawClient(edge.port())) {
            client.send(bytes(row.request) + wholePush());
            RawResponse response = client.receive();
            assertRefused(response, 400);
            assertThat(response.body()).contains(row.text);
            assertThat(client.isClosedByServer()).isTrue();
        }
        assertThat(pushes).hasValue(0);
    }

    /** The decoder finds malformed lines however the bytes arrive, and decodes nothing after them. */
    @ParameterizedTest
    @FieldSource("REFUSED")
    void malformedInputIsRefusedIfItArrivesByteByByte(Row row) {
        EmbeddedChannel channel = new EmbeddedChannel(new Http1RequestDecoder(new HttpServerOptions()));
        for (byte b : bytes(row.request).getBytes(StandardCharsets.ISO_8859_1)) {
            channel.writeInbound(Unpooled.buffer(1).writeByte(b));
        }
        List<DecoderResult> failures = new ArrayList<>();
        for (HttpObject each = channel.readInbound(); each != null; each = channel.readInbound()) {
            assertThat(failures).isEmpty();
            if (each.decoderResult().isFailure()) {
                failures.add(each.decoderResult());
            }
            ReferenceCountUtil.release(each);
        }
        assertThat(failures).hasSize(1);
        assertThat(failures.get(0).cause()).isInstanceOf(EdgeException.class).hasMessageContaining(row.text);
        channel.finishAndReleaseAll();
    }

    @ParameterizedTest
    @FieldSource("TAKEN")
    void unusualButValidInputIsAcceptedAndTheConnectionStaysOpen(Row row) throws IOException {
        try (RawClient client = new RawClient(edge.port())) {
            client.send(bytes(row.request).repeat(2) + wholePush());
            for (int i = 0; i < 2; i++) {
                assertThat(client.receive().body()).contains(row.text);
            }
            assertThat(client.receive().body()).contains("2 bytes");
        }
    }

    @Test
    void aRefusalComesAfterTheResponsesToEarlierRequests() throws IOException {
        for (String refused : new String[] {
            "GET / HTTP/1.1\nHost: x\nHost: y\n\n",
            "POST PATH HTTP/1.1\nHost: x\nAUTH\nTransfer-Encoding: chunked\n\nx\n"
        }) {
            List<Promise<Response>> waiting = new CopyOnWriteArrayList<>();
            edge.behaviours.put("queues-push-message", call -> {
                Promise<Response> response = Promise.promise();
                waiting.add(response);
                return response.future();
            });
            try (RawClient client = new RawClient(edge.port())) {
                client.send(wholePush() + bytes(refused) + wholePush());
                Awaitility.await().until(() -> !waiting.isEmpty());
                waiting.get(0).fail(new EdgeException(EdgeError.MESSAGE_BODY_INVALID, "served"));
                assertThat(client.receive().body()).contains("served");
                assertRefused(client.receive(), 400);
                assertThat(client.isClosedByServer()).isTrue();
            }
            assertThat(waiting).hasSize(1);
        }
    }

    @Test
    void aUrlBeyondTheLimitIs414AndHeadersBeyondItAre431() throws IOException {
        String much = "y".repeat(HttpConfig.HEADER_BYTES_MAX + 1);
        try (RawClient client = new RawClient(edge.port())) {
            client.send("GET /" + much + " HTTP/1.1\r\nHost: x\r\n\r\n" + wholePush());
            assertRefused(client.receive(), 414);
            assertThat(client.isClosedByServer()).isTrue();
        }
        for (String field : new String[] {"X: " + much, ("X: " + "y".repeat(1000) + "\r\n").repeat(17) + "X: y"}) {
            try (RawClient client = new RawClient(edge.port())) {
                client.send("GET / HTTP/1.1\r\nHost: x\r\n" + field + "\r\n\r\n" + wholePush());
                assertRefused(client.receive(), 431);
                assertThat(client.isClosedByServer()).isTrue();
            }
        }
        assertThat(pushes).hasValue(0);
    }

    /** A client that is still writing when the response arrives must not lose it to a reset of the connection. */
    @RepeatedTest(100)
    void aRefusalReachesAClientThatIsStillSending() throws IOException {
        try (RawClient client = new RawClient(edge.port())) {
            client.send("GET /" + "y".repeat(2_000_000));
            assertRefused(client.receive(), 414);
        }
    }

    @Test
    void aContentCodingIs415ExceptIdentity() throws IOException {
        for (String coding : new String[] {"gzip", "br", "identity, gzip", "x"}) {
            RawResponse response = RawClient.exchange(
                    edge.port(),
                    bytes("POST PATH HTTP/1.1\nHost: x\nAUTH\nContent-Encoding: " + coding
                            + "\nContent-Length: 3\n\nabc"));
            assertThat(response.status()).isEqualTo(415);
            assertThat(response.body()).contains("\"code\":10026").contains("Content-Encoding");
            assertThat(response.headers().toLowerCase(Locale.ROOT)).contains("accept-encoding: identity");
            ContractResponses.shared().check("POST", URI.create(path), 415, response.body());
        }
        assertThat(pushes).hasValue(0);
        assertThat(RawClient.exchange(
                                edge.port(),
                                bytes(
                                        "POST PATH HTTP/1.1\nHost: x\nAUTH\nContent-Encoding: Identity\nContent-Length: 3\n\nabc"))
                        .body())
                .contains("3 bytes");
    }

    @Test
    void anUnknownExpectationIs417AndHttp10HasNone() throws IOException {
        RawResponse unknown = RawClient.exchange(
                edge.port(), bytes("POST PATH HTTP/1.1\nHost: x\nAUTH\nExpect: magic\nContent-Length: 3\n\nabc"));
        assertThat(unknown.status()).isEqualTo(417);
        assertThat(unknown.body()).contains("\"code\":10026");
        RawResponse old = RawClient.exchange(
                edge.port(), bytes("POST PATH HTTP/1.0\nAUTH\nExpect: 100-continue\nContent-Length: 3\n\nabc"));
        assertThat(old.status()).isEqualTo(400);
        assertThat(old.body()).contains("3 bytes");
    }

    @Test
    void aClientThatClosesItsHalfGetsAllResponsesAndThenTheConnectionCloses() throws IOException {
        for (int sent : new int[] {1, 3}) {
            try (RawClient client = new RawClient(edge.port())) {
                client.send(wholePush().repeat(sent));
                client.endOutput();
                for (int i = 1; i <= sent; i++) {
                    RawResponse response = client.receive();
                    assertThat(response.body()).contains("2 bytes");
                }
                assertThat(client.isClosedByServer()).isTrue();
            }
        }
    }

    /** A half-closed connection without pending work must not use processor time. */
    @Test
    void aClientThatClosesItsHalfAndWaitsGetsItsResponsesAtNoCost() throws Exception {
        List<Promise<Response>> waiting = new CopyOnWriteArrayList<>();
        AtomicReference<Thread> eventLoop = new AtomicReference<>();
        edge.behaviours.put("queues-push-message", call -> {
            eventLoop.set(Thread.currentThread());
            Promise<Response> response = Promise.promise();
            waiting.add(response);
            return response.future();
        });
        try (RawClient client = new RawClient(edge.port())) {
            client.send(wholePush() + wholePush());
            client.endOutput();
            Awaitility.await().until(() -> waiting.size() == 1);
            long before = processorNanos(eventLoop.get());
            long startedNanos = System.nanoTime();
            assertThat(client.isQuietFor(1000)).isTrue();
            long share = 100 * (processorNanos(eventLoop.get()) - before) / (System.nanoTime() - startedNanos);
            for (int i = 0; i < 2; i++) {
                int index = i;
                Awaitility.await().until(() -> waiting.size() > index);
                waiting.get(i).fail(new EdgeException(EdgeError.MESSAGE_BODY_INVALID, "response " + i));
                RawResponse response = client.receive();
                assertThat(response.body()).contains("response " + i);
                assertThat(response.headers().toLowerCase(Locale.ROOT).contains("connection: close"))
                        .isEqualTo(i == 1);
            }
            assertThat(client.isClosedByServer()).isTrue();
            assertThat(share).as("percent of a processor").isLessThan(10);
        }
    }

    private static long processorNanos(Thread thread) {
        return ManagementFactory.getThreadMXBean().getThreadCpuTime(thread.getId());
    }

    @Test
    void aClientThatClosesItsHalfWithinARequestIsRefused() throws IOException {
        for (String part : new String[] {
            "POST PATH HTTP/1.1\nHost: x\nAU",
            "POST PATH HTTP/1.1\nHost: x\nAUTH\nContent-Length: 5\n\nab",
            "POST PATH HTTP/1.1\nHost: x\nAUTH\nTransfer-Encoding: chunked\n\n5\nab",
            "POST PATH HTTP/1.1\nHost: x\nAUTH\nTransfer-Encoding: chunked\n\n0\n",
        }) {
            try (RawClient client = new RawClient(edge.port())) {
                client.send(bytes(part));
                client.endOutput();
                assertRefused(client.receive(), 400);
                assertThat(client.isClosedByServer()).isTrue();
            }
        }
        assertThat(pushes).hasValue(0);
    }

    @Test
    void aConnectionWithoutRequestsClosesWhenTheClientClosesIt() throws IOException {
        try (RawClient client = new RawClient(edge.port())) {
            client.endOutput();
            assertThat(client.isClosedByServer()).isTrue();
        }
    }
}
