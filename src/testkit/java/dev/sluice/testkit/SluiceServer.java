package dev.sluice.testkit;

import dev.sluice.Server;
import dev.sluice.config.ConfigLoader;
import dev.sluice.queue.QueueDefinition;
import dev.sluice.runtime.clock.ContinuousClock;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A server in this process: in memory, on a free port of the loopback interface, with a fixed token and account and the
 * declared queues. Its clock can be moved forward.
 *
 * <p>Safe for use from several threads.
 */
public final class SluiceServer implements AutoCloseable {
    /** The token of every server. */
    public static final String TOKEN = "sluice-dev-token";

    /** The account of every server. */
    public static final String ACCOUNT_ID = "00000000000000000000000000000de0";

    private static final long TIMEOUT_SECONDS = 120;

    private final Server server;
    private final TestClock clockSource;
    private final ContinuousClock clock;
    private final ApiClient api;
    private final Map<String, SluiceQueue> queues = new LinkedHashMap<>();

    private SluiceServer(Server server, TestClock clockSource, ContinuousClock clock) {
        this.server = server;
        this.clockSource = clockSource;
        this.clock = clock;
        this.api = new ApiClient(origin(), ACCOUNT_ID, TOKEN);
        for (QueueDefinition queue : server.queues(ACCOUNT_ID)) {
            queues.put(queue.name(), new SluiceQueue(api, queue.name(), queue.queueId()));
        }
    }

    /**
     * Starts a server.
     *
     * @param queues queues to create, each with a pull consumer
     * @param settings keys of the configuration with their values, such as {@code limits.message_bytes_max}
     */
    public static SluiceServer start(List<SluiceQueueOptions> queues, Map<String, String> settings) {
        Map<String, String> presets = new LinkedHashMap<>();
        presets.put("http.port", "0");
        presets.put("http.event_loops", "1");
        presets.put("management.port", "0");
        presets.put("storage.engine", "memory");
        presets.put("auth.token", TOKEN);
        presets.put("auth.account", ACCOUNT_ID);
        presets.put("messages.json_body_encoding", "plain");
        presets.put("dev.mode", "true");
        presets.put("queues", SluiceQueueOptions.declarations(queues));
        List<String> assignments = new ArrayList<>();
        settings.forEach((key, value) -> assignments.add(key + "=" + value));
        TestClock source = new TestClock();
        ContinuousClock clock = new ContinuousClock(source);
        Server server = await(Server.start(ConfigLoader.load(presets, null, Map.of(), assignments), clock));
        return new SluiceServer(server, source, clock);
    }

    /** Starts a server with queues of these names. */
    public static SluiceServer start(String... queues) {
        return start(List.of(queues).stream().map(SluiceQueueOptions::named).toList(), Map.of());
    }

    private String origin() {
        return "http://127.0.0.1:" + server.port();
    }

    /** The base URL for clients. */
    public URI baseUrl() {
        return URI.create(origin() + "/client/v4");
    }

    /** The variables that the official SDKs and wrangler read. */
    public Map<String, String> environment() {
        return Map.of(
                "CLOUDFLARE_BASE_URL",
                baseUrl().toString(),
                "CLOUDFLARE_API_BASE_URL",
                baseUrl().toString(),
                "CLOUDFLARE_ACCOUNT_ID",
                ACCOUNT_ID,
                "CLOUDFLARE_API_TOKEN",
                TOKEN);
    }

    /**
     * A declared queue.
     *
     * @throws IllegalArgumentException if the server was started without it
     */
    public SluiceQueue queue(String name) {
        SluiceQueue queue = queues.get(name);
        if (queue == null) {
            throw new IllegalArgumentException("there is no queue " + name + "; declared are " + queues.keySet());
        }
        return queue;
    }

    /** Pulls and acknowledges all messages of a queue that are ready. */
    public List<SluiceMessage> drain(String queue) {
        return queue(queue).drain();
    }

    /**
     * Moves the clock of the server forward. Delays and leases that end by then have ended when the method returns, and
     * messages past their retention are gone. Messages that go to their dead letter queue arrive shortly afterwards.
     */
    public void advance(Duration by) {
        clockSource.advance(by);
        await(server.checkDeadlines());
    }

    /** The time of the server. */
    public Instant now() {
        return Instant.ofEpochMilli(clock.wallMillis(clock.nowMillis()));
    }

    /** Deletes all messages, and all queues that were not declared. Declared queues keep their ids. */
    public void reset() {
        api.requestTo("/sluice/v1", "POST", "/reset", null);
    }

    /** Stops the server. */
    @Override
    public void close() {
        await(server.close());
    }

    private static <T> T await(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException failure) {
            if (failure.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException(failure.getCause());
        } catch (TimeoutException late) {
            throw new IllegalStateException("not within " + TIMEOUT_SECONDS + " s", late);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", interrupted);
        }
    }
}
