package dev.sluice.runtime.bus;

import dev.sluice.queue.QueueError;
import dev.sluice.queue.QueueException;
import dev.sluice.runtime.QueueDeployer;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.ReplyException;

/** Sends requests over the local event bus by reference and maps failures back to a {@link QueueError}. */
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

    /** Sends a request. The future completes on the caller's context and fails only with a {@link QueueException}. */
    public <R> Future<R> request(String address, Object body) {
        return vertx.eventBus().<R>request(address, body, options).transform(BusSender::unwrap);
    }

    /** Asks the deployer to do something with a queue. */
    public Future<Boolean> deployer(QueueDeployer.Action action, long queueNumber) {
        return request(QueueDeployer.ADDRESS, new QueueDeployer.DeployerRequest(action, queueNumber));
    }

    private static <R> Future<R> unwrap(Message<R> reply, Throwable failure) {
        return failure == null ? Future.succeededFuture(reply.body()) : Future.failedFuture(errorOf(failure));
    }

    private static QueueException errorOf(Throwable failure) {
        if (failure instanceof ReplyException reply) {
            return switch (reply.failureType()) {
                case RECIPIENT_FAILURE ->
                    new QueueException(QueueError.ofNumber(reply.failureCode()), String.valueOf(reply.getMessage()));
                default -> new QueueException(QueueError.UNAVAILABLE);
            };
        }
        return failure instanceof QueueException refusal ? refusal : new QueueException(QueueError.INTERNAL);
    }
}
