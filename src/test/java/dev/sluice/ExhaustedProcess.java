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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A process that uses up its memory in one place and would then run for ever. */
final class ExhaustedProcess {
    private static final Logger LOG = LoggerFactory.getLogger(ExhaustedProcess.class);

    private ExhaustedProcess() {}

    /** Stays, as what exhausts the memory of a server does. */
    private static final List<byte[]> HELD = new ArrayList<>(1 << 16);

    public static void main(String[] arguments) throws InterruptedException {
        OutOfMemoryExit.install();
        Map<String, Runnable> places = Map.of(
                "main", ExhaustedProcess::exhaust,
                "thread", () -> new Thread(ExhaustedProcess::exhaust).start(),
                "eventLoop", () -> Vertx.vertx().runOnContext(turn -> exhaust()),
                "timer", () -> Vertx.vertx().setTimer(1, fired -> exhaust()),
                "future", ExhaustedProcess::exhaustInOperation,
                "netty", () -> new DefaultEventExecutor().execute(ExhaustedProcess::exhaust),
                "pipeline", () -> EdgeServer.failOnNextBytes(ExhaustedProcess::exhaust),
                "loggedCause", () -> LOG.debug("caught", new CompletionException(caught())),
                "loggedArgument", () -> LOG.error("{} {} {}", 1, 2, 3, caught()));
        places.get(arguments[0]).run();
        new CountDownLatch(1).await();
    }

    private static void exhaust() {
        while (true) {
            HELD.add(new byte[1 << 16]);
        }
    }

    /** An operation whose future fails; the failure is rendered as an internal error. */
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

    private static Throwable caught() {
        try {
            exhaust();
            return null;
        } catch (OutOfMemoryError error) {
            return error;
        }
    }
}
