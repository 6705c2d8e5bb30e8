package dev.sluice.cli;

import dev.sluice.config.ConfigKeys;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code sluice health}: whether the server of this machine is ready; for images, which contain no HTTP client. The exit
 * code is 0 or 1, the only ones that health checks of containers know.
 */
@Command(
        name = "health",
        description = "Ask the running server of this machine whether it is ready. Exit code 0: it is; 1: it is not.",
        mixinStandardHelpOptions = true,
        addMethodSubcommands = false)
final class HealthCommand implements Callable<Integer> {
    private static final int UNREADY = 1;
    private static final int TIMEOUT_MILLIS = 5_000;
    private static final int TEXT_BYTES_MAX = 10_000;

    private final Map<String, String> environment;

    @Option(
            names = "--management",
            paramLabel = "URL",
            description = "URL of the server's management port (default: http://127.0.0.1 with the port of"
                    + " SLUICE_MANAGEMENT_PORT, or 8081).")
    private @Nullable URI management;

    HealthCommand() {
        this(System.getenv());
    }

    HealthCommand(Map<String, String> environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() {
        URI base = management == null ? URI.create("http://127.0.0.1:" + port()) : management;
        try {
            URL url = base.resolve("/health/ready").toURL();
            if (!(url.openConnection(Proxy.NO_PROXY) instanceof HttpURLConnection connection)) {
                throw new IllegalArgumentException("an http URL is needed");
            }
            connection.setConnectTimeout(TIMEOUT_MILLIS);
            connection.setReadTimeout(TIMEOUT_MILLIS);
            if (connection.getResponseCode() == HttpURLConnection.HTTP_OK) {
                System.out.println("ready");
                return Main.OK;
            }
            System.err.println("sluice: the server is not ready: " + text(connection));
        } catch (IOException | IllegalArgumentException failure) {
            System.err.println("sluice: no server responds at " + base + ": " + failure.getMessage());
        }
        return UNREADY;
    }

    private static String text(HttpURLConnection connection) throws IOException {
        try (InputStream body = connection.getErrorStream()) {
            return body == null
                    ? "HTTP status " + connection.getResponseCode()
                    : new String(body.readNBytes(TEXT_BYTES_MAX), StandardCharsets.UTF_8).strip();
        }
    }

    private String port() {
        String variable = ConfigKeys.all().stream()
                .filter(key -> key.name().equals("management.port"))
                .findFirst()
                .orElseThrow()
                .environmentName();
        String port = environment.getOrDefault(variable, "");
        return port.isEmpty() ? "8081" : port;
    }
}
