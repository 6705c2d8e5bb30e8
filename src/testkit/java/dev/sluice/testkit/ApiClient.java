package dev.sluice.testkit;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.locks.LockSupport;

/** Sends requests to one account. Uses no threads and keeps nothing open between requests. */
final class ApiClient {
    private static final int TIMEOUT_MILLIS = 60_000;

    private final String origin;
    private final String accountId;
    private final String token;

    ApiClient(String origin, String accountId, String token) {
        this.origin = origin;
        this.accountId = accountId;
        this.token = token;
    }

    /** Sends a request of the Queues API; returns its result. */
    JsonObject request(String method, String path, JsonObject body) {
        return requestTo("/client/v4", method, path, body);
    }

    /** Sends a request to a path of the account below a base path; returns its result. */
    JsonObject requestTo(String basePath, String method, String path, JsonObject body) {
        URI uri = URI.create(origin + basePath + "/accounts/" + accountId + path);
        try {
            HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection(Proxy.NO_PROXY);
            connection.setConnectTimeout(TIMEOUT_MILLIS);
            connection.setReadTimeout(TIMEOUT_MILLIS);
            connection.setRequestMethod(method);
            connection.setRequestProperty("Authorization", "Bearer " + token);
            connection.setRequestProperty("Connection", "close");
            if (!method.equals("GET")) {
                connection.setDoOutput(true);
                byte[] bytes = body == null ? new byte[0] : body.encode().getBytes(StandardCharsets.UTF_8);
                connection.setFixedLengthStreamingMode(bytes.length);
                try (var out = connection.getOutputStream()) {
                    out.write(bytes);
                }
            }
            int status = connection.getResponseCode();
            try (var in = status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
                return result(uri, status, new String(in.readAllBytes(), StandardCharsets.UTF_8));
            }
        } catch (IOException failure) {
            throw new IllegalStateException("no response from " + uri, failure);
        }
    }

    private static JsonObject result(URI uri, int status, String text) {
        JsonObject envelope = new JsonObject(text);
        if (!envelope.getBoolean("success")) {
            JsonArray errors = envelope.getJsonArray("errors");
            throw new IllegalStateException(uri.getPath() + " returned HTTP status " + status + ": " + errors.encode());
        }
        return envelope.getJsonObject("result");
    }

    static void pause(long millis) {
        LockSupport.parkNanos(millis * 1_000_000);
    }
}
