package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.sluice.api.http.RefusedLogins;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** Every response has an id, also one to input that is no request of the API. */
class RequestIdTest {
    private static final Pattern HEADER = Pattern.compile("(?m)^x-request-id: ([^\r\n]*)");
    private static final String QUEUES = "/client/v4/accounts/" + RunningServer.ACCOUNT + "/queues";
    private static RunningServer server;

    @BeforeAll
    static void start() throws Exception {
        server = new RunningServer();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void everyResponseHasAnIdOfItsOwn() throws Exception {
        String authorized = "authorization: Bearer " + RunningServer.WRITER + "\r\n";
        String binding = authorized + "sluice-account-id: " + RunningServer.ACCOUNT + "\r\nsluice-queue: one\r\n";
        List<String> responses = new ArrayList<>();
        for (String request : List.of(
                get(QUEUES, authorized),
                get(QUEUES, ""),
                get(QUEUES, "authorization: Bearer wrong\r\n"),
                get("/nowhere", ""),
                get(QUEUES + "?x=%zz", authorized),
                "PATCH " + QUEUES + " HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
                "POST " + QUEUES + " HTTP/1.1\r\nhost: x\r\nconnection: close\r\n" + authorized
                        + "content-length: 999999999\r\n\r\n",
                "this is not HTTP\r\n\r\n",
                get("/" + "x".repeat(20_000), ""),
                get(QUEUES, "x-long: " + "y".repeat(20_000) + "\r\n"),
                get("/sluice/v1/caller", authorized),
                get("/sluice/v1/nowhere", authorized),
                get("/sluice/v1/binding/metrics", binding),
                "GET /sluice/v1/binding/batch HTTP/1.1\r\nhost: x\r\nconnection: close\r\n" + binding + "\r\n",
                get("/console", ""),
                get("/console/", ""),
                "POST /console/session HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
                get("/openapi.yaml", ""))) {
            responses.add(exchange(server.port(), request));
        }
        for (String path : List.of("/health/live", "/metrics", "/nowhere")) {
            responses.add(exchange(server.managementPort(), get(path, "").replace("host: x", "host: localhost")));
        }

        assertThat(responses).allSatisfy(response -> assertThat(response)
                .startsWith("HTTP/1.1 ")
                .matches(text -> HEADER.matcher(text).results().count() == 1, "has one x-request-id"));
        Set<String> ids = responses.stream().map(RequestIdTest::idIn).collect(Collectors.toSet());
        assertThat(ids).hasSameSizeAs(responses).allSatisfy(id -> assertThat(id).matches("[0-9a-v]{8}-[0-9a-v]+"));
    }

    @Test
    void anIdOfTheClientIsKept() throws Exception {
        for (int port : List.of(server.port(), server.managementPort())) {
            String request = get("/nowhere", "x-request-id: Root=1-67891233-abc:4/5@host_6.7\r\n")
                    .replace("host: x", "host: localhost");
            assertThat(idIn(exchange(port, request))).isEqualTo("Root=1-67891233-abc:4/5@host_6.7");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "two words", "quote\"", "<script>", "\u00c2\u009b31m", "a;b", "{}"})
    void anIdThatCouldBeMisreadInALogIsReplaced(String id) throws Exception {
        assertThat(idIn(exchange(server.port(), get("/nowhere", "x-request-id: " + id + "\r\n"))))
                .matches("[0-9a-v]{8}-[0-9a-v]+");
    }

    @Test
    void anIdThatIsTooLongIsReplaced() throws Exception {
        String longest = "i".repeat(128);
        assertThat(idIn(exchange(server.port(), get("/nowhere", "x-request-id: " + longest + "\r\n"))))
                .isEqualTo(longest);
        assertThat(idIn(exchange(server.port(), get("/nowhere", "x-request-id: " + longest + "i\r\n"))))
                .matches("[0-9a-v]{8}-[0-9a-v]+");
    }

    @Test
    void refusedLoginsAreLoggedWithTheIdOncePerReason() throws Exception {
        Logger logger = (Logger) LoggerFactory.getLogger(RefusedLogins.class);
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        try (RunningServer fresh = new RunningServer()) {
            logger.addAppender(lines);
            Set<String> firstIds = new HashSet<>();
            for (String headers : List.of(
                    "",
                    "authorization: Bearer wrong\r\n",
                    "authorization: Bearer " + RunningServer.STRANGER + "\r\n")) {
                firstIds.add(idIn(exchange(fresh.port(), get(QUEUES, headers))));
                for (int i = 0; i < 5; i++) {
                    exchange(fresh.port(), get(QUEUES, headers));
                }
            }
            assertThat(lines.list)
                    .extracting(ILoggingEvent::getFormattedMessage)
                    .containsExactly(
                            "A request was refused: no credentials",
                            "A request was refused: unknown credentials",
                            "A request was refused: a token for other accounts");
            assertThat(lines.list.stream()
                            .map(event ->
                                    String.valueOf(event.getKeyValuePairs().get(0).value)))
                    .containsExactlyInAnyOrderElementsOf(firstIds);
        } finally {
            logger.detachAppender(lines);
        }
    }

    private static String get(String path, String headers) {
        return "GET " + path + " HTTP/1.1\r\nhost: x\r\nconnection: close\r\n" + headers + "\r\n";
    }

    private static String idIn(String response) {
        Matcher header = HEADER.matcher(response);
        assertThat(header.find()).as(response).isTrue();
        return header.group(1);
    }

    /** Everything that the server sends until it closes the connection. */
    static String exchange(int port, String request) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            socket.getOutputStream().flush();
            InputStream response = socket.getInputStream();
            return new String(response.readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }
}
