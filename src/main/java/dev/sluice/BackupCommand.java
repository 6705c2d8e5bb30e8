package dev.sluice;

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
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code sluice backup}: asks the running server, which alone may read its store, for a copy. */
@Command(
        name = "backup",
        description = "Have the running server of this machine copy its store into a new directory.",
        mixinStandardHelpOptions = true,
        addMethodSubcommands = false)
final class BackupCommand implements Callable<Integer> {
    @Option(
            names = "--management",
            paramLabel = "URL",
            defaultValue = "http://127.0.0.1:8081",
            description = "Where the server's management port is (default: ${DEFAULT-VALUE}).")
    private URI management;

    @Option(names = "--to", paramLabel = "DIR", required = true, description = "The directory to make.")
    private Path directory;

    @Override
    public Integer call() throws InterruptedException {
        Path target = directory.toAbsolutePath().normalize();
        String query = "/backup?to=" + URLEncoder.encode(target.toString(), StandardCharsets.UTF_8);
        HttpResponse<String> answer;
        try {
            HttpRequest request = HttpRequest.newBuilder(management.resolve(query))
                    .header("x-sluice-backup", "yes")
                    .POST(BodyPublishers.noBody())
                    .build();
            answer = HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
        } catch (IOException | IllegalArgumentException failure) {
            throw new StartException("no server answers at " + management + ": " + failure);
        }
        if (answer.statusCode() != 200) {
            throw new StartException("no backup was made: " + answer.body().strip());
        }
        System.out.println(answer.body().strip());
        return Main.OK;
    }
}
