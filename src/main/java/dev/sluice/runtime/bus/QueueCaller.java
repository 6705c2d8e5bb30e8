package dev.sluice.runtime.bus;

import dev.sluice.queue.QueueError;
import dev.sluice.queue.QueueException;
import dev.sluice.runtime.TimeoutQueue;
import io.netty.util.concurrent.FastThreadLocal;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;

/** Sends requests to the verticles of queues over the local bus. Usable from any thread. */
public final class QueueCaller {
    private final Vertx vertx;
    private final DeliveryOptions options =
            new DeliveryOptions().setLocalOnly(true).setCodecName(ByReferenceCodec.NAME);
    private final FastThreadLocal<TimeoutQueue> deadlines;

    /** @param timeoutMillis how long an answer is waited for; after that the call fails with UNAVAILABLE */
    public QueueCaller(Vertx vertx, long timeoutMillis) {
        this.vertx = vertx;
        this.deadlines = new FastThreadLocal<>() {
            @Override
            protected TimeoutQueue initialValue() {
                return new TimeoutQueue(vertx, timeoutMillis);
            }
        };
    }

    /**
     * Sends; the future completes on the event loop of the caller, if it has one, and fails with a {@link QueueException} only.
     *
     * @param slot whose gate the caller has entered; it is left when the call ends
     */
    public <R> Future<R> call(QueueGate slot, QueueRequest<R> request) {
        if (Context.isOnEventLoopThread()) {
            return send(slot, request);
        }
        Promise<R> answer = Promise.promise();
        vertx.getOrCreateContext().runOnContext(nothing -> send(slot, request).onComplete(answer));
        return answer.future();
    }

    private <R> Future<R> send(QueueGate slot, QueueRequest<R> request) {
        TimeoutQueue own = deadlines.get();
        QueueCall<R> call = new QueueCall<>(request, slot, own, Vertx.currentContext());
        own.begin(call);
        // A local send is delivered, or has failed, when it returns.
        if (vertx.eventBus().sender(slot.address(), options).write(call).failed()) {
            call.fail(new QueueException(QueueError.UNAVAILABLE));
        }
        return call.future();
    }
}
