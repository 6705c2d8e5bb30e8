package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Server;
import dev.sluice.TestTimeout;
import dev.sluice.config.ConfigLoader;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BenchCommandTest {
    private static final String TOKEN = "token-of-the-load-generator";
    private static final String ACCOUNT = "0123456789abcdef0123456789abcdef";

    private static Server server;

    private final PrintStream stdout = System.out;
    private final PrintStream stderr = System.err;
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final ByteArrayOutputStream errorOutput = new ByteArrayOutputStream();

    @BeforeAll
    static void start() throws Exception {
        List<String> settings = List.of(
                "http.port=0",
                "http.event_loops=1",
                "management.port=0",
                "storage.engine=memory",
                "auth.token=" + TOKEN,
                "log.level=warn");
        server = Server.start(ConfigLoader.load(null, Map.of(), settings))
                .toCompletableFuture()
                .get(TestTimeout.SECONDS, TimeUnit.SECONDS);
    }

    @AfterAll
    static void stop() throws Exception {
        server.close().toCompletableFuture().get(TestTimeout.SECONDS, TimeUnit.SECONDS);
    }

    @BeforeEach
    void capture() {
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(errorOutput, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void restore() {
        System.setOut(stdout);
        System.setErr(stderr);
    }

    @Test
    void aClosedLoopOfPushesIsCountedAndMeasured() {
        int exitCode = bench("--queue=pushed --connections=3 --duration=1s --warmup=100ms --json --quiet");

        assertThat(errorOutput.toString(StandardCharsets.UTF_8)).isEmpty();
        assertThat(exitCode).isZero();
        JsonObject summary = summary();
        JsonObject push = summary.getJsonObject("latencyMicros").getJsonObject("push");
        assertThat(summary.getLong("messages")).isGreaterThan(3);
        // A push in progress at the end of the warm-up completes in the measurement but was due before it: at most one
        // for each connection.
        assertThat(push.getLong("count")).isGreaterThanOrEqualTo(summary.getLong("messages") - 3);
        assertThat(push.getLong("p50")).isBetween(1L, push.getLong("p99"));
        assertThat(push.getLong("p99")).isLessThanOrEqualTo(push.getLong("max"));
        assertThat(summary.getJsonObject("errors")).isEmpty();
    }

    @Test
    void anOpenLoopSendsAtItsRate() {
        int exitCode =
                bench("--queue=paced --connections=4 --rate=100 --duration=2s --warmup=200ms --json --quiet --size=10");

        assertThat(exitCode).isZero();
        JsonObject summary = summary();
        // On a busy machine delayed pushes are sent afterwards; a closed loop would send thousands.
        assertThat(summary.getLong("messages")).isBetween(1L, 100 * (summary.getLong("seconds") + 10));
        assertThat(summary.getLong("unsent")).isZero();
    }

    @Test
    void aCyclePullsAndAcknowledgesItsMessages() {
        int exitCode = bench("--queue=cycled --mode=cycle --batch=50 --connections=2 --duration=2s --warmup=100ms");

        assertThat(exitCode).isZero();
        assertThat(printed.toString(StandardCharsets.UTF_8))
                .contains(" messages/s", "push  ", "pull  ", "ack ", "p99.9 ");
        assertThat(errorOutput.toString(StandardCharsets.UTF_8)).contains("1 s  ", "failed 0");
    }

    @Test
    void failedRequestsAreCountedByStatus() {
        int exitCode = bench("--queue=refused --size=200000 --connections=1 --duration=200ms --warmup=0ms --quiet");

        assertThat(exitCode).isEqualTo(1);
        assertThat(printed.toString(StandardCharsets.UTF_8)).containsPattern("failed: 4\\d\\d, ");
    }

    @Test
    void anUnreachableOrRejectingServerIsAOneLineError() {
        assertThat(Main.run("bench", "--url=http://127.0.0.1:1/client/v4", "--token=t", "--account=" + ACCOUNT))
                .isEqualTo(2);
        assertThat(Main.run("bench", "--url=" + url(), "--token=wrong", "--account=" + ACCOUNT))
                .isEqualTo(2);

        // The server runs in this process and logs the refused login.
        assertThat(errorOutput
                        .toString(StandardCharsets.UTF_8)
                        .lines()
                        .filter(line -> !line.contains("RefusedLogins"))
                        .toList())
                .satisfiesExactly(
                        line -> assertThat(line).startsWith("sluice: no response from http://127.0.0.1:1/client/v4: "),
                        line -> assertThat(line).startsWith("sluice: " + url() + " responds with 40"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--mode=pull | --mode must be push or cycle, not 'pull'",
                "--connections=0 | --connections must be from 1 to 10000, not 0",
                "--connections=many | Invalid value for option '--connections': 'many' is not an int",
                "--duration=10 | --duration must be a time such as 500ms, 10s or 2m, not '10'",
                "--url=127.0.0.1 | --url must be an http or https URL, not '127.0.0.1'",
                "--http2 | --http2 needs an https URL",
                "--streams=4 | --streams needs --http2",
                "--token= | a token is needed: --token, or CLOUDFLARE_API_TOKEN",
                "--rate=-1 | --rate must be from 0 to 10000000, not -1"
            })
    void invalidArgumentsAreAOneLineError(String argument, String line) {
        assertThat(bench(argument)).isEqualTo(2);
        assertThat(errorOutput.toString(StandardCharsets.UTF_8)).isEqualTo("sluice: " + line + "\n");
    }

    private static String url() {
        return "http://127.0.0.1:" + server.port() + "/client/v4";
    }

    private static int bench(String arguments) {
        List<String> all = new ArrayList<>(List.of("bench", "--account=" + ACCOUNT));
        if (!arguments.contains("--url=")) {
            all.add("--url=" + url());
        }
        if (!arguments.contains("--token=")) {
            all.add("--token=" + TOKEN);
        }
        all.addAll(List.of(arguments.split(" ")));
        return Main.run(all.toArray(String[]::new));
    }

    private JsonObject summary() {
        return new JsonObject(printed.toString(StandardCharsets.UTF_8));
    }
}
