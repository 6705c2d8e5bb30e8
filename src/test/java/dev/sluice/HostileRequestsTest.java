package dev.sluice;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * A complete server under hostile requests: each gets a prompt error response with a client error code, and none has a
 * lasting effect.
 */
class HostileRequestsTest {
    private static final int MUTANTS = 2_000;
    private static RunningServer server;
    private static String messages;

    @BeforeAll
    static void start() throws Exception {
        server = new RunningServer();
        messages = "/client/v4/accounts/" + RunningServer.ACCOUNT + "/queues/"
                + server.queueId(RunningServer.ACCOUNT, "one") + "/messages";
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void everyKnownHostileRequestGetsItsErrorCode() throws IOException {
        Map<String, Integer> cases = new LinkedHashMap<>();
        cases.put("{\"body\":" + "[".repeat(10_000) + "]".repeat(10_000) + "}", 10208);
        cases.put("{\"body\":" + "{\"a\":".repeat(10_000) + "1" + "}".repeat(10_000) + "}", 10208);
        cases.put("{\"body\":" + "9".repeat(100_000) + "}", 200);
        cases.put("{\"body\":1,\"delay_seconds\":" + "9".repeat(100_000) + "}", 10203);
        cases.put("{\"body\":\"x\",\"body\":\"y\",\"content_type\":\"json\",\"content_type\":\"text\"}", 200);
        cases.put("{\"body\":\"\u00c0\u00af\"}", 10208);
        cases.put("{\"body\":\"\u00ed\u00a0\u0080\"}", 10208);
        cases.put("{\"body\":\"\\ud800\",\"content_type\":\"text\"}", 10207);
        cases.put("{\"body\":\"\\ud800\"}", 200);
        cases.put("{\"body\":\"\0\"}", 10208);
        cases.put("{\"body\":\"\\u0000\",\"content_type\":\"text\"}", 200);
        cases.put("\u00ef\u00bb\u00bf{\"body\":1}", 200);
        cases.put("{\"body\":\"" + "x".repeat(128_000) + "\",\"content_type\":\"text\"}", 200);
        cases.put("{\"body\":\"" + "x".repeat(128_001) + "\",\"content_type\":\"text\"}", 10204);
        cases.put("x".repeat(2_097_152), 10208);
        cases.put("x".repeat(2_097_153), 10204);
        for (Map.Entry<String, Integer> each : cases.entrySet()) {
            Response response = exchange(post("", each.getKey()));
            String shown = each.getKey().substring(0, Math.min(60, each.getKey().length()));
            assertThat(response.status() == 200 ? 200 : response.code())
                    .as(shown)
                    .isEqualTo(each.getValue());
        }
        Response acks = exchange(post("/ack", "{\"acks\":" + "[".repeat(600) + "]".repeat(600) + "}"));
        assertThat(acks.code()).isEqualTo(10208);
    }

    @Test
    void mutatedRequestsGetAResponseOrTheConnectionEnds() throws IOException {
        long seed = TestSeed.of("mutated requests");
        Random random = new Random(seed);
        String[] requests = {
            post("", "{\"body\":{\"a\":[1,2.5]},\"delay_seconds\":1}"),
            post("/batch", "{\"messages\":[{\"body\":\"x\",\"content_type\":\"text\"}]}"),
            post("/pull", "{\"batch_size\":5,\"visibility_timeout_ms\":1000}"),
            post("/ack", "{\"acks\":[{\"lease_id\":\"lse1.AQIB.AAAA\"}],\"retries\":[]}"),
            post("/pull?a=%41&page=1", "{}").replace("POST", "GET"),
        };
        for (int i = 0; i < MUTANTS; i++) {
            byte[] request = mutated(requests[random.nextInt(requests.length)].getBytes(ISO_8859_1), random);
            for (Response response : exchange(new String(request, ISO_8859_1), true)) {
                assertThat(response.status())
                        .as("seed %d: %s", seed, response.body())
                        .isLessThan(500);
                boolean contract = response.body().startsWith("openapi:");
                assertThat(contract || new JsonObject(response.body()).containsKey("success"))
                        .isTrue();
            }
        }
        assertThat(exchange(post("", "{\"body\":1}")).status()).isEqualTo(200);
    }

    @Test
    void bytesAfterAChunkedBodyAreTheNextRequestWithItsOwnResponse() throws IOException {
        String mutant = post("", "{\"body\":\n1}")
                .replace("Content-Length", "Content-Lfngth")
                .replace("Connection", "X");
        List<Response> responses = exchange(mutant, false);
        assertThat(responses).extracting(Response::code).containsExactly(10208, 10026);
    }

    private static byte[] mutated(byte[] request, Random random) {
        byte[] mutant = request.clone();
        for (int edits = 1 + random.nextInt(4); edits > 0; edits--) {
            int at = random.nextInt(mutant.length);
            switch (random.nextInt(3)) {
                case 0 -> mutant[at] = (byte) random.nextInt(256);
                case 1 -> mutant[at] ^= (byte) (1 << random.nextInt(8));
                default -> mutant[at] = mutant[random.nextInt(mutant.length)];
            }
        }
        return mutant;
    }

    private static String post(String path, String body) {
        return "POST " + messages + path + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + RunningServer.WRITER
                + "\r\nConnection: close\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
    }

    /** The only response to a complete request. */
    private static Response exchange(String request) throws IOException {
        List<Response> responses = exchange(request, false);
        assertThat(responses).hasSize(1);
        return responses.get(0);
    }

    /**
     * The responses until the connection ended: none, one, or several if the text contained several requests.
     *
     * @param last whether to close the sending direction; the server may then end the connection without a response
     */
    private static List<Response> exchange(String request, boolean last) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", server.port())) {
            socket.setSoTimeout(TestTimeout.MILLIS);
            try {
                socket.getOutputStream().write(request.getBytes(ISO_8859_1));
                if (last) {
                    socket.shutdownOutput();
                }
                return Response.all(new String(socket.getInputStream().readAllBytes(), ISO_8859_1));
            } catch (java.net.SocketException reset) {
                return List.of();
            }
        }
    }

    private record Response(int status, String body) {
        private static final Pattern LENGTH = Pattern.compile("(?i)\r\ncontent-length: (\\d+)\r\n");

        /** The complete responses in the received bytes (one character for each byte), without informational ones. */
        static List<Response> all(String received) {
            List<Response> responses = new ArrayList<>();
            int at = 0;
            for (int head = received.indexOf("\r\n\r\n"); head >= 0; head = received.indexOf("\r\n\r\n", at)) {
                int status = Integer.parseInt(received.substring(at + 9, at + 12));
                Matcher length = LENGTH.matcher(received.substring(at, head + 2));
                int end = head + 4 + (length.find() ? Integer.parseInt(length.group(1)) : 0);
                if (end > received.length()) {
                    break;
                }
                if (status != 100) {
                    byte[] body = received.substring(head + 4, end).getBytes(ISO_8859_1);
                    responses.add(new Response(status, new String(body, UTF_8)));
                }
                at = end;
            }
            return responses;
        }

        int code() {
            return new JsonObject(body).getJsonArray("errors").getJsonObject(0).getInteger("code");
        }
    }
}
