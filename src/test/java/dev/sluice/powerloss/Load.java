package dev.sluice.powerloss;

import dev.sluice.TestTimeout;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Clients that push, singly and in batches, and pull and acknowledge, a fixed number of requests each. All requests are
 * recorded in the request log.
 */
final class Load {
    private static final int PUSHERS = 3;
    private static final int BATCH_MAX = 8;
    private static final int PADDING_MAX = 6_000;
    private static final int LEASE_MILLIS = 600_000;

    private final TracedServer server;
    private final String messages;
    private final RequestLog requestLog;
    private final String prefix;
    private final AtomicInteger bodyNumbers = new AtomicInteger();

    Load(TracedServer server, RequestLog requestLog, String prefix) throws Exception {
        this.server = server;
        this.messages = server.messagesPath();
        this.requestLog = requestLog;
        this.prefix = prefix;
    }

    /** Runs all clients until they have sent their requests. */
    void run(int pushesEach, int pulls, long seed) throws Exception {
        ExecutorService clients = Executors.newFixedThreadPool(PUSHERS + 1);
        try {
            List<Future<?>> results = new ArrayList<>();
            for (int i = 0; i < PUSHERS; i++) {
                Random random = new Random(seed + i);
                results.add(clients.submit((Callable<Void>) () -> {
                    for (int push = 0; push < pushesEach; push++) {
                        push(random);
                    }
                    return null;
                }));
            }
            results.add(clients.submit((Callable<Void>) () -> {
                for (int pull = 0; pull < pulls; pull++) {
                    pullAndAck();
                }
                return null;
            }));
            for (Future<?> result : results) {
                result.get(TestTimeout.SECONDS, TimeUnit.SECONDS);
            }
        } finally {
            clients.shutdownNow();
        }
    }

    /** Sends one push and returns the HTTP status. */
    int push(Random random) throws Exception {
        boolean single = random.nextInt(3) > 0;
        List<String> bodies = new ArrayList<>();
        JsonArray batch = new JsonArray();
        for (int remaining = single ? 1 : 1 + random.nextInt(BATCH_MAX); remaining > 0; remaining--) {
            String body = prefix + bodyNumbers.incrementAndGet() + "-" + "x".repeat(random.nextInt(PADDING_MAX));
            bodies.add(body);
            batch.add(new JsonObject().put("body", body).put("content_type", "text"));
        }
        requestLog.pushSent(bodies);
        TracedServer.Response response = single
                ? server.send("POST", messages, batch.getJsonObject(0))
                : server.send("POST", messages + "/batch", new JsonObject().put("messages", batch));
        if (response.status() == 200) {
            requestLog.pushResponded(bodies);
        }
        return response.status();
    }

    private void pullAndAck() throws Exception {
        JsonObject pull = new JsonObject().put("batch_size", 10).put("visibility_timeout_ms", LEASE_MILLIS);
        TracedServer.Response pulled = server.send("POST", messages + "/pull", pull);
        JsonArray acks = new JsonArray();
        List<String> bodies = new ArrayList<>();
        for (Object each : pulled.result().getJsonArray("messages")) {
            JsonObject message = (JsonObject) each;
            // The other messages of the pull remain leased.
            if (bodies.size() < 5) {
                bodies.add(message.getString("body"));
                acks.add(new JsonObject().put("lease_id", message.getString("lease_id")));
            }
        }
        if (!bodies.isEmpty()) {
            requestLog.ackSent(bodies);
            TracedServer.Response acked = server.send("POST", messages + "/ack", new JsonObject().put("acks", acks));
            if (acked.status() == 200 && acked.result().getInteger("ackCount") == bodies.size()) {
                requestLog.ackResponded(bodies);
            }
        }
    }
}
