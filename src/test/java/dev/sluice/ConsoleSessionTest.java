package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.RunningServer.Reply;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConsoleSessionTest {
    private static final String QUEUES = "/sluice/v1/accounts/" + RunningServer.ACCOUNT + "/queues";

    private static HttpResponse<String> get(RunningServer server, String path) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                .build();
        return HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
    }

    private static Reply exchange(RunningServer server, String code) throws Exception {
        return server.sendTo("POST", "/console/session", Map.of("sluice-console-code", code), null);
    }

    @Test
    void aCodeOpensOneSessionWithTheRightsOfItsCaller() throws Exception {
        try (RunningServer server = new RunningServer()) {
            String code = server.sendTo(
                            "POST", "/sluice/v1/console/codes", RunningServer.bearer(RunningServer.READER), null)
                    .result()
                    .getString("code");
            Reply session = exchange(server, code);
            assertThat(session.status()).isEqualTo(200);
            assertThat(exchange(server, code).status()).isEqualTo(403);
            assertThat(exchange(server, "guessed").status()).isEqualTo(403);

            Map<String, String> bearer = RunningServer.bearer(session.envelope().getString("session"));
            assertThat(server.sendTo("GET", QUEUES, bearer, null).status()).isEqualTo(200);
            assertThat(server.send("POST", "/accounts/" + RunningServer.ACCOUNT + "/queues", bearer, "{}")
                            .status())
                    .isEqualTo(403);
            assertThat(server.sendTo("GET", QUEUES, RunningServer.bearer("sluice-session-guessed"), null)
                            .status())
                    .isEqualTo(403);
        }
    }

    @Test
    void thePageAllowsNothingFromElsewhereAndCanBeTurnedOff() throws Exception {
        try (RunningServer server = new RunningServer()) {
            HttpResponse<String> page = get(server, "/console/");
            assertThat(page.statusCode()).isEqualTo(200);
            assertThat(page.headers().firstValue("content-security-policy").orElseThrow())
                    .contains("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'")
                    .doesNotContain("unsafe", "http:", "https:");
            assertThat(get(server, "/console").statusCode()).isEqualTo(308);
            assertThat(get(server, "/console/lib/preact.js").body()).contains("useState");
            assertThat(get(server, "/console/../application.properties").statusCode())
                    .isEqualTo(404);
        }
        try (RunningServer server = new RunningServer("console.enabled=false")) {
            assertThat(get(server, "/console/").statusCode()).isEqualTo(404);
        }
    }
}
