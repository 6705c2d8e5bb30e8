package dev.sluice.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.utility.DockerImageName;

/**
 * Sluice in a container, for suites that use Testcontainers: {@code sluice dev} of the image that {@code make dist}
 * builds, in memory, with the declared queues. {@link SluiceExtension} needs no container and starts faster.
 *
 * <p>Needs {@code org.testcontainers:testcontainers} on the class path. Not safe for use from several threads before it
 * is started.
 */
public final class SluiceContainer extends GenericContainer<SluiceContainer> {
    /** The port of the API in the container. */
    public static final int PORT = 8080;

    private final String token = UUID.randomUUID().toString();
    private final List<String> queues = new ArrayList<>();

    /** @param image an image that {@code make dist} built, as it is named in your registry or engine */
    public SluiceContainer(DockerImageName image) {
        super(image);
        withExposedPorts(PORT);
        waitingFor(Wait.forLogMessage(".*\"ready\":true.*", 1));
    }

    /** Creates these queues at start, each with a pull consumer. */
    public SluiceContainer withQueues(String... names) {
        queues.addAll(List.of(names));
        return this;
    }

    @Override
    protected void configure() {
        List<String> command = new ArrayList<>(
                List.of("dev", "--json", "--host", "0.0.0.0", "--port", String.valueOf(PORT), "--token", token));
        queues.forEach(queue -> command.addAll(List.of("--queue", queue)));
        setCommand(command.toArray(String[]::new));
    }

    /** The token of the API, made for this container. */
    public String token() {
        return token;
    }

    /** The account of the API. */
    public String accountId() {
        return SluiceServer.ACCOUNT_ID;
    }

    /** The base URL for clients; available once the container is started. */
    public String baseUrl() {
        return "http://" + getHost() + ":" + getMappedPort(PORT) + "/client/v4";
    }

    /** The variables that SDKs and wrangler read; available once the container is started. */
    public Map<String, String> environment() {
        return Map.of(
                "CLOUDFLARE_BASE_URL", baseUrl(),
                "CLOUDFLARE_API_BASE_URL", baseUrl(),
                "CLOUDFLARE_ACCOUNT_ID", accountId(),
                "CLOUDFLARE_API_TOKEN", token);
    }
}
