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

/** Sends requests to the queue verticles over the local bus. Usable from any thread. */
public final class QueueCaller {
    private final Vertx vertx;
    private final DeliveryOptions options =
            new DeliveryOptions().setLocalOnly(true).setCodecName(ByReferenceCodec.NAME);
    private final FastThreadLocal<TimeoutQueue> timeouts;

    /** @param timeoutMillis how long to wait for the result; then the call fails with UNAVAILABLE */
    public QueueCaller(Vertx vertx, long timeoutMillis) {
        this.vertx = vertx;
        this.timeouts = new FastThreadLocal<>() {
            @Override
            protected TimeoutQueue initialValue() {
                return new TimeoutQueue(vertx, timeoutMillis);
            }
        };
    }

    /**
     * Sends a request. The future completes on the event loop of the caller, if the caller has one. It fails only with
     * a {@link QueueException}.
     *
     * @param gate the gate that the caller has entered; left when the call ends
     */
    public <R> Future<R> call(QueueGate gate, QueueRequest<R> request) {
        if (Context.isOnEventLoopThread()) {
            return send(gate, request);
        }
        Promise<R> result = Promise.promise();
        vertx.getOrCreateContext().runOnContext(ignored -> send(gate, request).onComplete(result));
        return result.future();
    }

    private <R> Future<R> send(QueueGate gate, QueueRequest<R> request) {
        TimeoutQueue timeoutQueue = timeouts.get();
        QueueCall<R> call = new QueueCall<>(request, gate, timeoutQueue, Vertx.currentContext());
        timeoutQueue.add(call);
        // When a local send returns, the message is delivered or the send has failed.
        if (vertx.eventBus().sender(gate.address(), options).write(call).failed()) {
            call.fail(new QueueException(QueueError.UNAVAILABLE));
        }
        return call.future();
    }
}
