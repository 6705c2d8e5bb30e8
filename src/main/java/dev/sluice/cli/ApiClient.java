package dev.sluice.cli;

import dev.sluice.GeneratedCredentials;
import dev.sluice.StartException;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * The options with which a command reaches the API, and its requests. Without options it uses the variables that the
 * first start prints, then the credentials in the data directory. Blocks; for one thread.
 */
final class ApiClient {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final String CLIENT_PATH = "/client/v4";
    private static final String URL_DEFAULT = "http://127.0.0.1:8080";
    private static final int OK = 200;

    @Option(
            names = "--url",
            paramLabel = "URL",
            description = "URL of the server (default: CLOUDFLARE_BASE_URL without its path, or " + URL_DEFAULT + ").")
    private @Nullable URI url;

    @Option(
            names = "--account",
            paramLabel = "ID",
            description = "The account (default: CLOUDFLARE_ACCOUNT_ID, or the one in the data directory).")
    private @Nullable String account;

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            description = "The storage.directory of the server, for its generated credentials (default:"
                    + " SLUICE_STORAGE_DIRECTORY, or data).")
    private @Nullable Path dataDirectory;

    private final Map<String, String> environment = System.getenv();
    private @Nullable HttpClient http;

    /** A queue by its name or id. */
    JsonObject queue(String nameOrId) {
        JsonArray named =
                send("GET", path("/queues?name=" + encoded(nameOrId)), null).getJsonArray("result");
        if (!named.isEmpty()) {
            return named.getJsonObject(0);
        }
        if (nameOrId.matches("[0-9a-fA-F]{32}")) {
            return send("GET", path("/queues/" + nameOrId), null).getJsonObject("result");
        }
        throw new StartException("there is no queue '" + TerminalText.visible(nameOrId) + "'");
    }

    /** All tokens of the server. */
    List<JsonObject> tokens() {
        return send("GET", "/sluice/v1/tokens", null).getJsonArray("result").stream()
                .map(JsonObject.class::cast)
                .toList();
    }

    /** A path of the Queues API below the account. */
    String path(String below) {
        return CLIENT_PATH + "/accounts/" + accountId() + below;
    }

    /** A path of the extensions below the account. */
    String extension(String below) {
        return "/sluice/v1/accounts/" + accountId() + below;
    }

    /** Sends a request; returns the envelope of a success. */
    JsonObject send(String method, String path, @Nullable JsonObject body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(origin() + path))
                .version(HttpClient.Version.HTTP_1_1)
                .timeout(TIMEOUT)
                .header("Authorization", "Bearer " + token())
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body.encode()));
        try {
            HttpResponse<String> response = http().send(request.build(), BodyHandlers.ofString());
            return envelope(response);
        } catch (ConnectException refused) {
            throw new StartException("no server responds at " + origin() + "; --url names another one");
        } catch (IOException failure) {
            throw new StartException("no response from " + origin() + ": " + failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new StartException("interrupted");
        }
    }

    private static JsonObject envelope(HttpResponse<String> response) {
        JsonObject envelope;
        try {
            envelope = new JsonObject(response.body());
        } catch (DecodeException notJson) {
            throw new StartException("the server responds with status " + response.statusCode() + " and no JSON");
        }
        if (response.statusCode() == OK) {
            return envelope;
        }
        JsonArray errors = envelope.getJsonArray("errors", new JsonArray());
        if (errors.isEmpty()) {
            throw new StartException("the server responds with status " + response.statusCode());
        }
        JsonObject error = errors.getJsonObject(0);
        throw new StartException(
                TerminalText.visible(error.getString("message")) + " (error " + error.getInteger("code") + ")");
    }

    private HttpClient http() {
        if (http == null) {
            http = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
        }
        return http;
    }

    /** The server without a path. */
    String origin() {
        if (url != null) {
            return withoutPath(url.toString());
        }
        return first("CLOUDFLARE_BASE_URL", "CLOUDFLARE_API_BASE_URL")
                .map(ApiClient::withoutPath)
                .orElse(URL_DEFAULT);
    }

    private static String withoutPath(String text) {
        String base = text.replaceAll("/+$", "");
        return base.endsWith(CLIENT_PATH) ? base.substring(0, base.length() - CLIENT_PATH.length()) : base;
    }

    private String token() {
        return first("CLOUDFLARE_API_TOKEN", "SLUICE_AUTH_TOKEN")
                .or(() -> first("SLUICE_AUTH_TOKEN_FILE").flatMap(file -> SecretText.in(Path.of(file))))
                .or(() -> GeneratedCredentials.tokenIn(directory()).map(secret -> secret.value()))
                .orElseThrow(() -> new StartException("there is no token in CLOUDFLARE_API_TOKEN or SLUICE_AUTH_TOKEN,"
                        + " nor generated credentials in " + directory() + "; --data-dir names the data directory"));
    }

    /** The account of the command. */
    String accountId() {
        if (account == null) {
            account = first("CLOUDFLARE_ACCOUNT_ID", "SLUICE_AUTH_ACCOUNT")
                    .or(() -> GeneratedCredentials.accountIn(directory()))
                    .orElseThrow(() ->
                            new StartException("there is no account in CLOUDFLARE_ACCOUNT_ID; --account names one"));
        }
        return account;
    }

    private Optional<String> first(String... variables) {
        return Stream.of(variables)
                .map(variable -> environment.getOrDefault(variable, ""))
                .filter(value -> !value.isEmpty())
                .findFirst();
    }

    private Path directory() {
        return dataDirectory != null
                ? dataDirectory
                : Path.of(first("SLUICE_STORAGE_DIRECTORY").orElse("data"));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
