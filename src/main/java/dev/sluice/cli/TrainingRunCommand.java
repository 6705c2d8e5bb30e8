package dev.sluice.cli;

import dev.sluice.Server;
import dev.sluice.StartException;
import dev.sluice.config.ConfigLoader;
import dev.sluice.config.ServerConfig;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;

/**
 * {@code sluice training-run}: starts a server with a temporary store, sends it one request of each kind, and stops it.
 * The Java machine records the classes that this loads for a class archive. Not for users, so the help does not list
 * it.
 */
@Command(
        name = "training-run",
        description = "Run a temporary server and some requests, to record the classes of a class archive.",
        mixinStandardHelpOptions = true,
        addMethodSubcommands = false,
        hidden = true)
final class TrainingRunCommand implements Callable<Integer> {
    private static final int TIMEOUT_MILLIS = 60_000;
    private static final String ACCOUNT = "00000000000000000000000000000000";
    private static final String TOKEN =
            "training-run-" + ProcessHandle.current().pid();
    private static final Pattern QUEUE_ID = Pattern.compile("\"queue_id\":\"([0-9a-f]{32})\"");
    private static final Pattern LEASE_ID = Pattern.compile("\"lease_id\":\"([^\"]+)\"");

    @Override
    public Integer call() throws Exception {
        Path directory = Files.createTempDirectory("sluice-training-");
        try {
            ServerConfig config = ConfigLoader.load(
                    null,
                    Map.of(),
                    List.of(
                            "http.port=0",
                            "management.port=0",
                            "auth.token=" + TOKEN,
                            "storage.directory=" + directory.resolve("data"),
                            // The directory for temporary files may be small; this run stores a few bytes.
                            "storage.free_bytes_min=1MiB",
                            "queues=[{account: '" + ACCOUNT + "', name: training, consumer: {type: http_pull}}]"));
            Server server = Server.start(config).toCompletableFuture().get();
            try {
                send(server);
            } finally {
                server.close().toCompletableFuture().get();
            }
        } finally {
            delete(directory);
        }
        return Main.OK;
    }

    private static void send(Server server) throws IOException {
        String queues = "http://127.0.0.1:" + server.port() + "/client/v4/accounts/" + ACCOUNT + "/queues";
        String messages = queues + "/" + find(QUEUE_ID, request("GET", queues, null)) + "/messages";
        request("POST", messages, "{\"body\":\"text\",\"content_type\":\"text\"}");
        request(
                "POST",
                messages + "/batch",
                "{\"messages\":[{\"body\":{\"a\":1}},{\"body\":\"text\",\"content_type\":\"text\"}]}");
        String leaseId = find(LEASE_ID, request("POST", messages + "/pull", "{\"batch_size\":1}"));
        request("POST", messages + "/ack", "{\"acks\":[{\"lease_id\":\"" + leaseId + "\"}]}");
        request("GET", "http://127.0.0.1:" + server.managementPort() + "/health/ready", null);
    }

    private static String request(String method, String url, @Nullable String body) throws IOException {
        HttpURLConnection connection =
                (HttpURLConnection) URI.create(url).toURL().openConnection(Proxy.NO_PROXY);
        connection.setConnectTimeout(TIMEOUT_MILLIS);
        connection.setReadTimeout(TIMEOUT_MILLIS);
        connection.setRequestMethod(method);
        connection.setRequestProperty("Authorization", "Bearer " + TOKEN);
        if (body != null) {
            connection.setRequestProperty("Content-Type", "application/json");
            connection.setDoOutput(true);
            try (OutputStream out = connection.getOutputStream()) {
                out.write(body.getBytes(StandardCharsets.UTF_8));
            }
        }
        if (connection.getResponseCode() != HttpURLConnection.HTTP_OK) {
            throw new StartException("the training run failed: "
                    + URI.create(url).getPath() + " returned HTTP status " + connection.getResponseCode());
        }
        return new String(connection.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    private static String find(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        if (!matcher.find()) {
            throw new StartException("the training run failed: no match of " + pattern + " in a response");
        }
        return matcher.group(1);
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
        }
    }
}
