package dev.sluice.api;

import dev.sluice.queue.QueueDefinition;
import dev.sluice.queue.QueueSettings;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * From the path in a request's first line to the operation and the queue. Each path is a string of its own, as from the
 * network.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class MessageRouterBenchmark {
    private static final String ACCOUNT = "0123456789abcdef0123456789abcdef";
    private static final String[] RESTS = {"/messages", "/messages/pull", "/messages/ack"};
    private static final int PATHS = 1 << 15;

    /** Queues in use. */
    @Param({"1", "10000"})
    public int queues;

    private final ConcurrentHashMap<String, ConcurrentHashMap<String, QueueDefinition>> catalog =
            new ConcurrentHashMap<>();
    private final byte[][] paths = new byte[PATHS][];
    private MessageRouter routes;
    private int next;

    @Setup
    public void fill() {
        routes = new MessageRouter(StubOperation.table(), null);
        Random random = new Random(1);
        String[] ids = new String[queues];
        ConcurrentHashMap<String, QueueDefinition> byId = new ConcurrentHashMap<>();
        for (int i = 0; i < queues; i++) {
            ids[i] = String.format("%016x%016x", random.nextLong(), random.nextLong());
            byId.put(
                    new String(ids[i]),
                    new QueueDefinition(i, ACCOUNT, ids[i], "q" + i, "", QueueSettings.DEFAULT, null, 0, 0));
        }
        catalog.put(new String(ACCOUNT), byId);
        for (int i = 0; i < PATHS; i++) {
            paths[i] = ("/client/v4/accounts/" + ACCOUNT + "/queues/" + ids[random.nextInt(queues)]
                            + RESTS[random.nextInt(RESTS.length)])
                    .getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
        }
    }

    /** A path that leads to a queue. */
    @Benchmark
    public Object route() {
        String uri = new String(paths[next++ & PATHS - 1], java.nio.charset.StandardCharsets.ISO_8859_1);
        RouteTable.Row row = routes.row(uri);
        RequestPath path = routes.requestPath(uri);
        return row == null ? null : catalog.get(path.accountId()).get(path.queueId());
    }
}
