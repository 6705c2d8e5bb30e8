package dev.sluice.cli;

import dev.sluice.GeneratedCredentials;
import dev.sluice.StartException;
import java.net.URI;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Prints the environment of clients again, as the first start did. */
@Command(
        name = "env",
        description = "Print the variables for clients, from the generated credentials: eval \"$(sluice env)\".",
        mixinStandardHelpOptions = true,
        addMethodSubcommands = false)
final class EnvCommand implements Callable<Integer> {
    @Option(
            names = "--url",
            paramLabel = "URL",
            defaultValue = "http://127.0.0.1:8080",
            description = "URL of the server (default: ${DEFAULT-VALUE}).")
    private URI url;

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            defaultValue = "${env:SLUICE_STORAGE_DIRECTORY:-data}",
            description = "The storage.directory of the server (default: ${DEFAULT-VALUE}).")
    private Path dataDirectory;

    @Override
    public Integer call() {
        String token = GeneratedCredentials.tokenIn(dataDirectory)
                .map(secret -> secret.value())
                .orElseThrow(() -> new StartException("there are no generated credentials in " + dataDirectory
                        + " that can be read; --data-dir names the data directory"));
        String account = GeneratedCredentials.accountIn(dataDirectory).orElseThrow();
        String base = url.toString().replaceAll("/+$", "") + "/client/v4";
        System.out.println("export CLOUDFLARE_BASE_URL=" + base);
        System.out.println("export CLOUDFLARE_API_BASE_URL=" + base);
        System.out.println("export CLOUDFLARE_ACCOUNT_ID=" + account);
        System.out.println("export CLOUDFLARE_API_TOKEN=" + token);
        return Main.OK;
    }
}
