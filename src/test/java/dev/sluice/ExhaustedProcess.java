package dev.sluice;

import dev.sluice.api.EdgeServer;
import io.netty.util.concurrent.DefaultEventExecutor;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A process that exhausts its memory in one place and would otherwise run without end. */
final class ExhaustedProcess {
    private static final Logger LOG = LoggerFactory.getLogger(ExhaustedProcess.class);

    private ExhaustedProcess() {}

    private static final long AGAIN_SECONDS = 2;

    /** Stays reachable, like the objects that exhaust the memory of a server. */
    private static final List<byte[]> RETAINED = new ArrayList<>(1 << 16);

    public static void main(String[] arguments) throws InterruptedException {
        OutOfMemoryExit.install();
        Map<String, Runnable> places = Map.of(
                "main", ExhaustedProcess::exhaust,
                "thread", () -> new Thread(ExhaustedProcess::exhaust).start(),
                "eventLoop", () -> Vertx.vertx().runOnContext(nothing -> exhaust()),
                "timer", () -> Vertx.vertx().setTimer(1, fired -> exhaust()),
                "future", ExhaustedProcess::exhaustInOperation,
                "netty", () -> new DefaultEventExecutor().execute(ExhaustedProcess::exhaust),
                "pipeline", () -> EdgeServer.failOnNextBytes(ExhaustedProcess::exhaust),
                "loggedCause", () -> LOG.debug("caught", new CompletionException(catchOutOfMemory())),
                "loggedArgument", () -> LOG.error("{} {} {}", 1, 2, 3, catchOutOfMemory()));
        // A server that leaks memory fails again and again. A single error can be caught by code that leaves enough
        // memory.
        do {
            places.get(arguments[0]).run();
        } while (!new CountDownLatch(1).await(AGAIN_SECONDS, TimeUnit.SECONDS));
    }

    private static void exhaust() {
        while (true) {
            RETAINED.add(new byte[1 << 16]);
        }
    }

    /** Exhausts the memory in the future of an operation, whose failure is rendered as an internal error. */
    private static void exhaustInOperation() {
        EdgeServer edge = new EdgeServer();
        String queueId = edge.queue("orders");
        edge.respondWith(
                "queues-pull-messages", call -> Future.succeededFuture().map(nothing -> {
                    exhaust();
                    return null;
                }));
        edge.send("POST", "/queues/" + queueId + "/messages/pull", "{}");
    }

    private static Throwable catchOutOfMemory() {
        try {
            exhaust();
            return null;
        } catch (OutOfMemoryError error) {
            return error;
        }
    }
}
