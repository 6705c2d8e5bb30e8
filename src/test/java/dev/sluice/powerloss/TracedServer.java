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

/** Runs the server from the jar in its own process, with a command prefix that traces it. */
final class TracedServer implements AutoCloseable {
    private static final String ACCOUNT = "0123456789abcdef0123456789abcdef";
    private static final String TOKEN = "power-loss-token";
    /** The configuration flag that sets the token of the requests. */
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

    /** A response. */
    record Response(int status, JsonObject envelope) {
        JsonObject result() {
            return envelope.getJsonObject("result");
        }
    }

    /** Starts a server and waits until it is ready. It generates its own credentials unless they are given as flags. */
    static TracedServer start(List<String> commandPrefix, Path data, String... flags) throws IOException {
        int managementPort = freePort();
        List<String> command = new ArrayList<>(commandPrefix);
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
        // Nothing is printed after that line, so the reader is no longer needed.
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

    /** The path of the messages of the only queue. */
    String messagesPath() throws IOException, InterruptedException {
        String queues = "/accounts/" + ACCOUNT + "/queues";
        JsonObject queue =
                send("GET", queues, null).envelope().getJsonArray("result").getJsonObject(0);
        return queues + "/" + queue.getString("queue_id") + "/messages";
    }

    Response send(String method, String path, JsonObject body) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/client/v4" + path))
                .header("Authorization", "Bearer " + TOKEN)
                .timeout(TestTimeout.LIMIT)
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body.encode()))
                .build();
        HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
        return new Response(response.statusCode(), new JsonObject(response.body()));
    }

    /** The response of the readiness endpoint of the management port. */
    HttpResponse<String> ready() throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + managementPort + "/health/ready");
        return http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
    }

    /** Kills the server; the tracing process then exits. */
    void kill() {
        // Under strace the server is a descendant of the process.
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
