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

/** Clients that push, one by one and in batches, pull and acknowledge, so many requests each, and tell the ledger. */
final class Load {
    private static final int PUSHERS = 3;
    private static final int BATCH_MAX = 8;
    private static final int FILLING_MAX = 6_000;
    private static final int LEASE_MILLIS = 600_000;

    private final TracedServer server;
    private final String messages;
    private final Ledger ledger;
    private final String prefix;
    private final AtomicInteger keys = new AtomicInteger();

    Load(TracedServer server, Ledger ledger, String prefix) throws Exception {
        this.server = server;
        this.messages = server.messagesPath();
        this.ledger = ledger;
        this.prefix = prefix;
    }

    /** Runs all clients to their end. */
    void run(int pushesEach, int pulls, long seed) throws Exception {
        ExecutorService clients = Executors.newFixedThreadPool(PUSHERS + 1);
        try {
            List<Future<?>> ends = new ArrayList<>();
            for (int i = 0; i < PUSHERS; i++) {
                Random random = new Random(seed + i);
                ends.add(clients.submit((Callable<Void>) () -> {
                    for (int push = 0; push < pushesEach; push++) {
                        push(random);
                    }
                    return null;
                }));
            }
            ends.add(clients.submit((Callable<Void>) () -> {
                for (int pull = 0; pull < pulls; pull++) {
                    pullAndAck();
                }
                return null;
            }));
            for (Future<?> end : ends) {
                end.get(TestTimeout.SECONDS, TimeUnit.SECONDS);
            }
        } finally {
            clients.shutdownNow();
        }
    }

    /** One push; answers the status. */
    int push(Random random) throws Exception {
        boolean single = random.nextInt(3) > 0;
        List<String> bodies = new ArrayList<>();
        JsonArray batch = new JsonArray();
        for (int left = single ? 1 : 1 + random.nextInt(BATCH_MAX); left > 0; left--) {
            String body = prefix + keys.incrementAndGet() + "-" + "x".repeat(random.nextInt(FILLING_MAX));
            bodies.add(body);
            batch.add(new JsonObject().put("body", body).put("content_type", "text"));
        }
        ledger.pushSent(bodies);
        TracedServer.Reply reply = single
                ? server.send("POST", messages, batch.getJsonObject(0))
                : server.send("POST", messages + "/batch", new JsonObject().put("messages", batch));
        if (reply.status() == 200) {
            ledger.pushAnswered(bodies);
        }
        return reply.status();
    }

    private void pullAndAck() throws Exception {
        JsonObject pull = new JsonObject().put("batch_size", 10).put("visibility_timeout_ms", LEASE_MILLIS);
        TracedServer.Reply pulled = server.send("POST", messages + "/pull", pull);
        JsonArray acks = new JsonArray();
        List<String> bodies = new ArrayList<>();
        for (Object each : pulled.result().getJsonArray("messages")) {
            JsonObject message = (JsonObject) each;
            // Every other one stays leased.
            if (bodies.size() < 5) {
                bodies.add(message.getString("body"));
                acks.add(new JsonObject().put("lease_id", message.getString("lease_id")));
            }
        }
        if (!bodies.isEmpty()) {
            ledger.ackSent(bodies);
            TracedServer.Reply acked = server.send("POST", messages + "/ack", new JsonObject().put("acks", acks));
            if (acked.status() == 200 && acked.result().getInteger("ackCount") == bodies.size()) {
                ledger.ackAnswered(bodies);
            }
        }
    }
}
