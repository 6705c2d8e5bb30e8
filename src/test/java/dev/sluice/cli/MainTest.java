package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.StartException;
import dev.sluice.config.ConfigException;
import dev.sluice.config.ConfigLoader;
import dev.sluice.config.ServerConfig;
import dev.sluice.management.ChangeAuthorizer;
import dev.sluice.management.ManagementVerticle;
import dev.sluice.management.QueueSource;
import dev.sluice.runtime.metrics.Meters;
import dev.sluice.store.StoreException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MainTest {
    private final PrintStream stdout = System.out;
    private final PrintStream stderr = System.err;
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final ByteArrayOutputStream errorOutput = new ByteArrayOutputStream();

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
    void helpAndVersionArePrinted() {
        assertThat(Main.run("--help")).isZero();
        assertThat(Main.run("serve", "--help")).isZero();
        assertThat(Main.run("--version")).isZero();
        assertThat(printed.toString(StandardCharsets.UTF_8))
                .contains("Usage: sluice", "--set", "--config", "bench", "sluice (");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | a command is missing; try: sluice dev, sluice serve, or sluice --help",
                "sevre | Unmatched argument at index 0: 'sevre'",
                "serve --prot=1 | Unknown option: '--prot=1'",
                "dev --queue a_ | Queue name 'a_' is invalid: use 1 to 63 letters, digits, '-' and '_', with a letter or digit"
                        + " at both ends.",
                "dev --env staging | --env and --worker go with --wrangler",
                "dev --wrangler absent.toml | cannot read the wrangler configuration absent.toml: it does not exist",
                "dev --account 5 | auth.account (--set) must be 32 lower-case hexadecimal digits, in quotes, not '5'",
                "dev --host 0.0.0.0 | http.host 0.0.0.0 can be reached by other machines, and everyone knows the default"
                        + " token; give one of your own with --token or SLUICE_AUTH_TOKEN",
                "serve --set | Missing required parameter for option '--set' (KEY=VALUE)",
                "serve --set http.port | --set must be followed by key=value",
                "serve --set http.prot=1 | unknown key 'http.prot' in --set; did you mean 'http.port'?",
                "serve --set http.port=x | http.port (--set) must be a whole number from 0 to 65535, not 'x'",
                "serve --config absent.yaml | cannot read the configuration file absent.yaml: it does not exist"
            })
    void aCommandThatCannotRunIsOneLineAndExitCodeTwo(String arguments, String line) {
        int exitCode = Main.run(arguments.isEmpty() ? new String[0] : arguments.split(" "));

        assertThat(exitCode).isEqualTo(2);
        assertThat(errorOutput.toString(StandardCharsets.UTF_8)).isEqualTo("sluice: " + line + "\n");
        assertThat(printed.size()).isZero();
    }

    @Test
    void expectedFailuresOfAStartAreOneLine() {
        assertThat(StartException.lineOf(new ConfigException("key"))).isEqualTo("key");
        assertThat(StartException.lineOf(new StoreException("disk"))).isEqualTo("disk");
        assertThat(StartException.lineOf(new StartException("port"))).isEqualTo("port");
        assertThat(StartException.lineOf(new NullPointerException("surprise")))
                .startsWith("cannot start: java.lang.NullPointerException: surprise")
                .endsWith("(log.level=debug shows where)");
    }

    @Test
    void aPortInUseIsNamed() {
        Vertx vertx = Vertx.vertx();
        ManagementVerticle first = verticleOn("127.0.0.1", 0);
        vertx.deployVerticle(first).await();

        assertThat(listenError(vertx, "127.0.0.1", first.port()))
                .isEqualTo("cannot listen on 127.0.0.1:" + first.port() + " (management.port): the port is in use");
        assertThat(listenError(vertx, "192.0.2.1", 0)).endsWith("this machine does not have that address");
        vertx.close().await();
    }

    private static String listenError(Vertx vertx, String host, int port) {
        return vertx.deployVerticle(verticleOn(host, port))
                .<String>map(id -> "it can")
                .recover(failure ->
                        Future.succeededFuture(StartException.listening("management.port", host, port, failure)
                                .getMessage()))
                .await();
    }

    private static ManagementVerticle verticleOn(String host, int port) {
        ServerConfig config =
                ConfigLoader.load(null, Map.of(), List.of("management.host=" + host, "management.port=" + port));
        return new ManagementVerticle(
                config.management(),
                config.http(),
                new Meters(),
                QueueSource.NONE,
                Optional::empty,
                request -> ChangeAuthorizer.Authorization.FORBIDDEN,
                directory -> {});
    }
}
