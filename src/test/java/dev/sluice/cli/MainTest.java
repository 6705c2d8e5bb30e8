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
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
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
                "dev --worker-key 0123456789abcdef | --worker-key goes with --worker",
                "dev --data= | --data must be followed by a value that is not empty",
                "dev --token= | --token must be followed by a value that is not empty",
                "dev --wrangler=/dev/zero | cannot read the wrangler configuration /dev/zero: it is larger than 1048576 bytes",
                "dev --config=/dev/zero | cannot read the configuration file /dev/zero: it is larger than 3145728 bytes",
                "dev --config=/ | cannot read the configuration file /: it is a directory",
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

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--worker orders | --worker must be an absolute URL like http://127.0.0.1:3000/batches or https://…",
                "--worker ftp://127.0.0.1/ | --worker must be an absolute URL like http://127.0.0.1:3000/batches or https://…",
                "--worker http://127.0.0.1:99999/ | --worker must be an absolute URL like http://127.0.0.1:3000/batches or"
                        + " https://…",
                "--worker http:// | --worker is not a URL",
                "--worker http://u:p@127.0.0.1/ | --worker must have neither user and password nor a fragment",
                "--worker http://127.0.0.1:1/ --worker-key short | --worker-key must have at least 16 characters"
            })
    void aWorkerThatCannotGetDeliveriesIsRefusedAtTheStart(String arguments, String line, @TempDir Path directory)
            throws IOException {
        Path file = Files.writeString(directory.resolve("wrangler.json"), "{\"name\": \"shop\"}");

        int exitCode = Main.run(("dev --wrangler=" + file + " " + arguments).split(" "));

        assertThat(exitCode).isEqualTo(2);
        assertThat(errorOutput.toString(StandardCharsets.UTF_8)).isEqualTo("sluice: " + line + "\n");
    }

    @Test
    void anErrorLineCannotControlTheTerminal() {
        Main.run("dev", "--queue", "\u001b[31mred\u0007");

        assertThat(errorOutput.toString(StandardCharsets.UTF_8))
                .startsWith("sluice: Queue name '\\u001b[31mred\\u0007' is invalid: ");
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
