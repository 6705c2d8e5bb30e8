import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;

/** Clients of HTTP for Java without an SDK: that of the JDK and OkHttp. Prints a line for each case. */
public final class Clients {
    private static final String QUEUES =
            System.getenv("SLUICE_BASE_URL") + "/accounts/" + System.getenv("SLUICE_ACCOUNT_ID") + "/queues";
    private static final String AUTHORIZATION = "Bearer " + System.getenv("SLUICE_TOKEN");
    private static final Pattern LEASE_ID = Pattern.compile("\"lease_id\":\"([^\"]+)\"");
    private static final Pattern QUEUE_ID = Pattern.compile("\"queue_id\":\"([^\"]+)\"");

    private record Reply(int status, String retryAfter, String body) {}

    private interface Sender {
        Reply send(String method, String url, String body) throws Exception;
    }

    private interface Action {
        void run() throws Exception;
    }

    private final String client;
    private final Sender sender;
    private final String queue;

    private Clients(String client, Sender sender) throws Exception {
        this.client = client;
        this.sender = sender;
        Reply made = sender.send("POST", QUEUES, "{\"queue_name\":\"" + client.replaceAll("[^A-Za-z]", "") + "\"}");
        this.queue = QUEUES + "/" + all(QUEUE_ID, made.body()).get(0);
        sender.send("POST", queue + "/consumers", "{\"type\":\"http_pull\"}");
    }

    public static void main(String[] args) throws Exception {
        HttpClient jdk = HttpClient.newHttpClient();
        new Clients("HttpClient of the JDK", (method, url, body) -> ofJdk(jdk, method, url, body)).run();
        OkHttpClient okHttp = new OkHttpClient();
        new Clients("OkHttp " + args[0], (method, url, body) -> ofOkHttp(okHttp, method, url, body)).run();
        okHttp.dispatcher().executorService().shutdown();
        okHttp.connectionPool().evictAll();
    }

    private static Reply ofJdk(HttpClient client, String method, String url, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url))
                .header("Authorization", AUTHORIZATION)
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build();
        HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
        return new Reply(
                response.statusCode(),
                response.headers().firstValue("Retry-After").orElse(""),
                response.body());
    }

    private static Reply ofOkHttp(OkHttpClient client, String method, String url, String body) throws IOException {
        Request request = new Request.Builder()
                .url(url)
                .header("Authorization", AUTHORIZATION)
                .method(method, RequestBody.create(body, MediaType.get("application/json")))
                .build();
        try (okhttp3.Response response = client.newCall(request).execute()) {
            return new Reply(
                    response.code(),
                    response.header("Retry-After", ""),
                    response.body().string());
        }
    }

    private void run() throws Exception {
        check("push", () -> expect(push("hello").status(), 200));
        check("pull", () -> expect(pull().contains("\"body\":\"hello\""), true));
        check("ack", () -> {
            send("/messages/ack", "{\"retries\":" + objects(leased) + "}");
            pull();
            expect(ackAll().body().contains("\"ackCount\":1"), true);
        });
        check("failure 409", () -> {
            pause(true);
            Reply paused = send("/messages/pull", "{}");
            pause(false);
            expect(paused.status() + " " + paused.body().contains("10252"), "409 true");
        });
        check("failure 429", () -> {
            String large = "x".repeat(120_000);
            push(large);
            push(large);
            Reply full = push(large);
            expect(full.status() + " " + full.retryAfter(), "429 1");
            pull();
            ackAll();
            expect(push("again").status(), 200);
        });
        check("failure 500", () -> {
            sender.send("POST", System.getenv("SLUICE_FAULTS_URL") + "/respond?status=500", "");
            expect(push("twice").status(), 500);
            expect(push("twice").status(), 200);
        });
    }

    private List<String> leased = List.of();

    private String pull() throws Exception {
        String body = send("/messages/pull", "{\"batch_size\":10,\"visibility_timeout_ms\":60000}")
                .body();
        leased = all(LEASE_ID, body);
        return body;
    }

    private Reply push(String text) throws Exception {
        return send("/messages", "{\"body\":\"" + text + "\",\"content_type\":\"text\"}");
    }

    private Reply ackAll() throws Exception {
        return send("/messages/ack", "{\"acks\":" + objects(leased) + "}");
    }

    private void pause(boolean paused) throws Exception {
        sender.send("PATCH", queue, "{\"settings\":{\"delivery_paused\":" + paused + "}}");
    }

    private Reply send(String path, String body) throws Exception {
        return sender.send("POST", queue + path, body);
    }

    private static String objects(List<String> leases) {
        return leases.stream()
                .map(lease -> "{\"lease_id\":\"" + lease + "\"}")
                .toList()
                .toString();
    }

    private static List<String> all(Pattern pattern, String text) {
        List<String> found = new ArrayList<>();
        Matcher matcher = pattern.matcher(text);
        while (matcher.find()) {
            found.add(matcher.group(1));
        }
        return found;
    }

    private void check(String operation, Action action) {
        String outcome = "\"passed\"";
        try {
            action.run();
        } catch (Exception | AssertionError failure) {
            outcome = "\"failed\",\"detail\":\"" + failure.toString().replaceAll("[\"\\\\\\s]+", " ") + "\"";
        }
        System.out.println("{\"client\":\"" + client + "\",\"group\":\"HTTP clients, Java\",\"operation\":\""
                + operation + "\",\"outcome\":" + outcome + "}");
    }

    private static void expect(Object actual, Object expected) {
        if (!actual.equals(expected)) {
            throw new AssertionError(actual + " instead of " + expected);
        }
    }
}
