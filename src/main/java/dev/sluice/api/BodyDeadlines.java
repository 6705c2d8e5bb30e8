package dev.sluice.api;

import dev.sluice.queue.QueueError;
import dev.sluice.queue.QueueException;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Bodies that are still arriving, oldest first. One timer looks at the oldest now and then, which is cheaper than a timer per
 * request. Owned by one event loop.
 */
final class BodyDeadlines {
    private static final long LOOK_MILLIS = 500;

    private final Map<Promise<Buffer>, Long> startedNanos = new LinkedHashMap<>();

    /** Starts to look; a body that takes longer fails with REQUEST_TIMEOUT. */
    void watch(Vertx vertx, int timeoutSeconds) {
        long timeoutNanos = TimeUnit.SECONDS.toNanos(timeoutSeconds);
        vertx.setPeriodic(LOOK_MILLIS, id -> refuse(System.nanoTime() - timeoutNanos));
    }

    /** A body has begun to arrive. */
    void began(Promise<Buffer> body) {
        startedNanos.put(body, System.nanoTime());
    }

    /** It is complete, or given up. */
    void ended(Promise<Buffer> body) {
        startedNanos.remove(body);
    }

    private void refuse(long beforeNanos) {
        Iterator<Map.Entry<Promise<Buffer>, Long>> oldest =
                startedNanos.entrySet().iterator();
        while (oldest.hasNext()) {
            Map.Entry<Promise<Buffer>, Long> body = oldest.next();
            if (body.getValue() - beforeNanos > 0) {
                return;
            }
            oldest.remove();
            body.getKey().tryFail(new QueueException(QueueError.REQUEST_TIMEOUT));
        }
    }
}
