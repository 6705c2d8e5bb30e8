package dev.sluice.testkit;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A Sluice for the tests of a class. In a static field one server serves all tests, and each test begins with empty
 * queues; in an instance field every test has a server of its own.
 *
 * <pre>{@code
 * @RegisterExtension
 * static final SluiceExtension sluice = SluiceExtension.withQueues("orders");
 * }</pre>
 *
 * <p>Tests of one class that run in parallel need instance fields, because a reset is for all.
 */
public final class SluiceExtension
        implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, AfterAllCallback {
    private final List<SluiceQueueOptions> queues;
    private final Map<String, String> settings;
    private SluiceServer server;
    private boolean startedForTest;

    private SluiceExtension(List<SluiceQueueOptions> queues, Map<String, String> settings) {
        this.queues = queues;
        this.settings = settings;
    }

    /** An extension with queues of these names, each with a pull consumer. */
    public static SluiceExtension withQueues(String... names) {
        return new SluiceExtension(
                List.of(names).stream().map(SluiceQueueOptions::named).toList(), Map.of());
    }

    /** The same with one more queue. */
    public SluiceExtension withQueue(SluiceQueueOptions queue) {
        List<SluiceQueueOptions> all = new ArrayList<>(queues);
        all.add(queue);
        return new SluiceExtension(List.copyOf(all), settings);
    }

    /** The same with one more key of the configuration. */
    public SluiceExtension withSetting(String key, String value) {
        Map<String, String> all = new LinkedHashMap<>(settings);
        all.put(key, value);
        return new SluiceExtension(queues, all);
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        server = SluiceServer.start(queues, settings);
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        if (server == null) {
            server = SluiceServer.start(queues, settings);
            startedForTest = true;
        } else {
            server.reset();
        }
    }

    @Override
    public void afterEach(ExtensionContext context) {
        if (startedForTest) {
            startedForTest = false;
            stop();
        }
    }

    @Override
    public void afterAll(ExtensionContext context) {
        if (server != null) {
            stop();
        }
    }

    private void stop() {
        SluiceServer stopping = server;
        server = null;
        stopping.close();
    }

    /**
     * The running server.
     *
     * @throws IllegalStateException outside of a test
     */
    public SluiceServer server() {
        if (server == null) {
            throw new IllegalStateException("there is a server during tests only");
        }
        return server;
    }

    /** The base URL for clients. */
    public URI baseUrl() {
        return server().baseUrl();
    }

    /** The API token. */
    public String token() {
        return SluiceServer.TOKEN;
    }

    /** The account id. */
    public String accountId() {
        return SluiceServer.ACCOUNT_ID;
    }

    /** A declared queue. */
    public SluiceQueue queue(String name) {
        return server().queue(name);
    }

    /** Pulls and acknowledges all messages of a queue that are ready. */
    public List<SluiceMessage> drain(String queue) {
        return server().drain(queue);
    }

    /** Moves the clock of the server forward, past delays, leases and retention. */
    public void advance(Duration by) {
        server().advance(by);
    }
}
