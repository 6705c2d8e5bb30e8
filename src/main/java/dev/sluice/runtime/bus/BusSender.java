package dev.sluice.runtime.bus;

import dev.sluice.queue.QueueError;
import dev.sluice.queue.QueueException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.ReplyException;

/** Requests over the local bus by reference, with failures turned back into rows of the error table. */
public final class BusSender {
    private final Vertx vertx;
    private final DeliveryOptions options;

    public BusSender(Vertx vertx, long timeoutMillis) {
        this.vertx = vertx;
        this.options = new DeliveryOptions()
                .setLocalOnly(true)
                .setSendTimeout(timeoutMillis)
                .setCodecName(ByReferenceCodec.NAME);
    }

    /** Sends; the future completes on the caller's context and fails with a {@link QueueException} only. */
    public <R> Future<R> request(String address, Object body) {
        return vertx.eventBus().<R>request(address, body, options).transform(BusSender::unwrap);
    }

    private static <R> Future<R> unwrap(Message<R> answer, Throwable failure) {
        return failure == null ? Future.succeededFuture(answer.body()) : Future.failedFuture(errorOf(failure));
    }

    private static QueueException errorOf(Throwable failure) {
        if (failure instanceof ReplyException reply) {
            return switch (reply.failureType()) {
                case RECIPIENT_FAILURE ->
                    new QueueException(QueueError.ofNumber(reply.failureCode()), reply.getMessage());
                default -> new QueueException(QueueError.UNAVAILABLE);
            };
        }
        return failure instanceof QueueException refusal ? refusal : new QueueException(QueueError.INTERNAL);
    }
}
