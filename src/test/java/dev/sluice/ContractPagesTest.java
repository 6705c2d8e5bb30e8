package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The contract as a page, as a client without credentials gets it. */
class ContractPagesTest {
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private static HttpResponse<String> get(RunningServer server, String path, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path));
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return HTTP.send(request.build(), BodyHandlers.ofString());
    }

    @Test
    void everyFileIsServedFromTheJarUnderAStrictPolicy() throws Exception {
        List<String> files = List.of(
                "",
                "docs.js",
                "docs.css",
                "licenses.txt",
                "icon.svg",
                "lib/swagger-ui.js",
                "lib/swagger-ui.css",
                "lib/swagger-ui.txt",
                "queues.yaml",
                "extensions.yaml",
                "binding.yaml",
                "development.yaml");
        try (RunningServer server = new RunningServer()) {
            assertThat(get(server, "/docs").statusCode()).isEqualTo(308);
            for (String file : files) {
                HttpResponse<String> response = get(server, "/docs/" + file);
                assertThat(response.statusCode()).as(file).isEqualTo(200);
                assertThat(response.body()).as(file).isNotBlank();
                assertThat(response.headers()
                                .firstValue("content-security-policy")
                                .orElseThrow())
                        .contains("default-src 'none'", "script-src 'self'", "style-src 'self'")
                        .doesNotContain("unsafe", "http:", "https:");
                String etag = response.headers().firstValue("etag").orElseThrow();
                assertThat(get(server, "/docs/" + file, "If-None-Match", etag).statusCode())
                        .isEqualTo(304);
            }
            assertThat(get(server, "/docs/queues.yaml").body())
                    .isEqualTo(get(server, "/openapi.yaml").body());
        }
    }

    @Test
    void otherPathsAndMethodsAreNoPages() throws Exception {
        try (RunningServer server = new RunningServer()) {
            for (String path : List.of("/docs/../conf/sluice.yaml", "/docs/lib/", "/docs/lib/x.js", "/docs/%2e%2e/x")) {
                assertThat(get(server, path).statusCode()).as(path).isEqualTo(404);
            }
            assertThat(server.sendTo("POST", "/docs/", RunningServer.bearer(RunningServer.WRITER), "{}")
                            .status())
                    .isEqualTo(404);
        }
    }

    @Test
    void theSwitchOfTheConsoleTurnsThePagesOff() throws Exception {
        try (RunningServer server = new RunningServer("console.enabled=false")) {
            assertThat(get(server, "/docs/").statusCode()).isEqualTo(404);
            assertThat(get(server, "/docs/queues.yaml").statusCode()).isEqualTo(404);
            assertThat(get(server, "/openapi.yaml").statusCode()).isEqualTo(200);
        }
    }
}
