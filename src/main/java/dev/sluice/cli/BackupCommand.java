package dev.sluice.cli;

import dev.sluice.GeneratedCredentials;
import dev.sluice.StartException;
import dev.sluice.config.ConfigKeys;
import java.io.IOException;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code sluice backup}: asks the running server for a copy of its store, because only that server may read it. */
@Command(
        name = "backup",
        description = {
            "Have the running server of this machine copy its store into a new directory.",
            "The server requires a credential with write access to every account. It is searched in this order: the"
                    + " generated credentials in the server's data directory; SLUICE_AUTH_TOKEN, or SLUICE_AUTH_EMAIL and"
                    + " SLUICE_AUTH_KEY; CLOUDFLARE_API_TOKEN, or CLOUDFLARE_EMAIL and CLOUDFLARE_API_KEY."
        },
        mixinStandardHelpOptions = true,
        addMethodSubcommands = false)
final class BackupCommand implements Callable<Integer> {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
    /** A copy to another file system reads and writes the whole store. */
    private static final Duration COPY_TIMEOUT = Duration.ofHours(6);

    private static final int UNAUTHENTICATED = 401;
    private static final int FORBIDDEN = 403;

    private final Map<String, String> environment;

    @Option(
            names = "--management",
            paramLabel = "URL",
            defaultValue = "http://127.0.0.1:8081",
            description = "URL of the server's management port (default: ${DEFAULT-VALUE}).")
    private URI management;

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            description = "The storage.directory of the server, with its generated credentials (default:"
                    + " SLUICE_STORAGE_DIRECTORY, or data).")
    private @Nullable Path dataDirectory;

    @Option(names = "--to", paramLabel = "DIR", required = true, description = "The directory to create.")
    private Path directory;

    BackupCommand() {
        this(System.getenv());
    }

    BackupCommand(Map<String, String> environment) {
        this.environment = environment;
    }

    /**
     * A credential to try.
     *
     * @param source its origin, for messages
     * @param headers the request headers that contain it
     */
    private record Candidate(String source, Map<String, String> headers) {}

    @Override
    public Integer call() throws InterruptedException {
        List<Candidate> candidates = candidates();
        if (candidates.isEmpty()) {
            throw new StartException("no backup was made: there is no credential in " + dataDirectory()
                    + " that can be read, nor in SLUICE_AUTH_TOKEN or CLOUDFLARE_API_TOKEN; --data-dir names the data"
                    + " directory of the server");
        }
        HttpClient http =
                HttpClient.newBuilder().connectTimeout(CONNECT_TIMEOUT).build();
        List<String> rejections = new ArrayList<>();
        for (Candidate candidate : candidates) {
            HttpResponse<String> response = requestBackup(http, candidate);
            String text = response.body().strip();
            switch (response.statusCode()) {
                case 200 -> {
                    System.out.println(text);
                    return Main.OK;
                }
                case UNAUTHENTICATED, FORBIDDEN -> rejections.add(candidate.source() + ": " + text);
                default -> throw new StartException("no backup was made: " + text);
            }
        }
        throw new StartException("no backup was made: " + String.join("; ", rejections));
    }

    private HttpResponse<String> requestBackup(HttpClient http, Candidate candidate) throws InterruptedException {
        Path target = directory.toAbsolutePath().normalize();
        String query = "/backup?to=" + URLEncoder.encode(target.toString(), StandardCharsets.UTF_8);
        try {
            HttpRequest.Builder request = HttpRequest.newBuilder(management.resolve(query))
                    .version(HttpClient.Version.HTTP_1_1)
                    .timeout(COPY_TIMEOUT)
                    .POST(BodyPublishers.noBody());
            candidate.headers().forEach(request::header);
            TerminalProgress progress = TerminalProgress.start("copying to " + target);
            try {
                return http.send(request.build(), BodyHandlers.ofString());
            } finally {
                progress.end();
            }
        } catch (IOException | IllegalArgumentException failure) {
            throw new StartException("no server responds at " + management + ": " + failure);
        }
    }

    /**
     * The generated credentials come first: they belong to this server, while a variable may be meant for another one.
     */
    private List<Candidate> candidates() {
        List<Candidate> candidates = new ArrayList<>();
        GeneratedCredentials.tokenIn(dataDirectory())
                .ifPresent(token -> candidates.add(bearer("credentials in " + dataDirectory(), token.value())));
        addVariables(candidates, variable("auth.token"), variable("auth.email"), variable("auth.key"));
        addVariables(candidates, "CLOUDFLARE_API_TOKEN", "CLOUDFLARE_EMAIL", "CLOUDFLARE_API_KEY");
        return candidates;
    }

    private void addVariables(List<Candidate> candidates, String token, String email, String key) {
        String tokenValue = valueOf(token);
        if (!tokenValue.isEmpty()) {
            candidates.add(bearer(token, tokenValue));
        }
        String file = valueOf(token + "_FILE");
        if (!file.isEmpty()) {
            SecretText.in(Path.of(file)).ifPresent(secret -> candidates.add(bearer(token + "_FILE", secret)));
        }
        String emailValue = valueOf(email);
        String keyValue = valueOf(key);
        if (!emailValue.isEmpty() && !keyValue.isEmpty()) {
            candidates.add(
                    new Candidate(email + " and " + key, Map.of("X-Auth-Email", emailValue, "X-Auth-Key", keyValue)));
        }
    }

    private static Candidate bearer(String source, String token) {
        return new Candidate(source, Map.of("Authorization", "Bearer " + token));
    }

    private Path dataDirectory() {
        if (dataDirectory != null) {
            return dataDirectory;
        }
        String directory = valueOf(variable("storage.directory"));
        return Path.of(directory.isEmpty() ? "data" : directory);
    }

    private String valueOf(String variable) {
        return environment.getOrDefault(variable, "");
    }

    private static String variable(String key) {
        return ConfigKeys.all().stream()
                .filter(each -> each.name().equals(key))
                .findFirst()
                .orElseThrow()
                .environmentName();
    }
}
