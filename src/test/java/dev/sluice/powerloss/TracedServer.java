package dev.sluice.powerloss;

import dev.sluice.TestTimeout;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The server of the jar in a process of its own, with something before its command that watches it. */
final class TracedServer implements AutoCloseable {
    private static final String ACCOUNT = "0123456789abcdef0123456789abcdef";
    private static final String TOKEN = "power-loss-token";
    /** The flag with which requests get through. */
    static final String AUTH = "auth.token=" + TOKEN;

    private static final Pattern READY = Pattern.compile("sluice ready on http://127\\.0\\.0\\.1:(\\d+) .*");

    private final HttpClient http = HttpClient.newHttpClient();
    private final Process process;
    private final int port;
    private final int managementPort;

    private TracedServer(Process process, int port, int managementPort) {
        this.process = process;
        this.port = port;
        this.managementPort = managementPort;
    }

    /** An answer. */
    record Reply(int status, JsonObject envelope) {
        JsonObject result() {
            return envelope.getJsonObject("result");
        }
    }

    /** Starts one that makes its own credentials unless they come as flags, and waits until it answers. */
    static TracedServer start(List<String> before, Path data, String... flags) throws IOException {
        int managementPort = freePort();
        List<String> command = new ArrayList<>(before);
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:-UsePerfData",
                "-jar",
                System.getProperty("sluice.jar"),
                "serve",
                "--set=http.port=0",
                "--set=http.event_loops=1",
                "--set=management.port=" + managementPort,
                "--set=storage.directory=" + data,
                "--set=storage.free_bytes_min=0",
                "--set=queues=[{account: '" + ACCOUNT + "', name: one, consumer: {type: http_pull}}]"));
        for (String flag : flags) {
            command.add("--set=" + flag);
        }
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        // Nothing is printed after that line, so the reader is not needed any more.
        BufferedReader output = process.inputReader();
        String line;
        while ((line = output.readLine()) != null) {
            Matcher ready = READY.matcher(line);
            if (ready.matches()) {
                return new TracedServer(process, Integer.parseInt(ready.group(1)), managementPort);
            }
        }
        throw new IOException("the server ended before it was ready");
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    /** Where the messages of the one queue are. */
    String messagesPath() throws IOException, InterruptedException {
        String queues = "/accounts/" + ACCOUNT + "/queues";
        JsonObject queue =
                send("GET", queues, null).envelope().getJsonArray("result").getJsonObject(0);
        return queues + "/" + queue.getString("queue_id") + "/messages";
    }

    Reply send(String method, String path, JsonObject body) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/client/v4" + path))
                .header("Authorization", "Bearer " + TOKEN)
                .timeout(TestTimeout.LIMIT)
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body.encode()))
                .build();
        HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
        return new Reply(response.statusCode(), new JsonObject(response.body()));
    }

    /** What the management port says about being ready. */
    HttpResponse<String> ready() throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + managementPort + "/health/ready");
        return http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
    }

    /** Kills the server; whoever watches it ends then. */
    void kill() {
        // A descendant if it is watched.
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        if (process.descendants().findAny().isEmpty()) {
            process.destroyForcibly();
        }
        process.onExit().orTimeout(TestTimeout.SECONDS, TimeUnit.SECONDS).join();
    }

    @Override
    public void close() {
        if (process.isAlive()) {
            kill();
        }
    }
}
