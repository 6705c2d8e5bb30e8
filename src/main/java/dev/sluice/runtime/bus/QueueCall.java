package dev.sluice.runtime.bus;

import dev.sluice.queue.QueueError;
import dev.sluice.queue.QueueException;
import dev.sluice.runtime.TimeoutQueue;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import org.jspecify.annotations.Nullable;

/**
 * A request to a queue verticle together with the promise of its result. It crosses the bus by reference, so a reply
 * needs no message, no address and no timer of its own.
 *
 * <p>Created on the sender's event loop, where its future also completes. Completed from the queue's scheduler.
 */
public final class QueueCall<R> extends TimeoutQueue.Entry implements ReplyHandler<Object> {
    private final QueueRequest<R> request;
    private final QueueGate gate;
    private final TimeoutQueue timeouts;
    private final Context context;
    private final Thread thread = Thread.currentThread();
    private final Promise<R> result = Promise.promise();
    private boolean ended;

    /**
     * A call from the current thread.
     *
     * @param gate the gate that the sender has entered; left when the call ends
     */
    QueueCall(QueueRequest<R> request, QueueGate gate, TimeoutQueue timeouts, Context context) {
        this.request = request;
        this.gate = gate;
        this.timeouts = timeouts;
        this.context = context;
    }

    public QueueRequest<R> request() {
        return request;
    }

    /** Fails only with a {@link QueueException}. */
    Future<R> future() {
        return result.future();
    }

    @Override
    public void succeed(Object value) {
        if (Thread.currentThread() == thread) {
            end(value, null);
        } else {
            context.runOnContext(ignored -> end(value, null));
        }
    }

    @Override
    public void fail(QueueException error) {
        if (Thread.currentThread() == thread) {
            end(null, error);
        } else {
            context.runOnContext(ignored -> end(null, error));
        }
    }

    @Override
    protected void onTimeout() {
        end(null, new QueueException(QueueError.UNAVAILABLE));
    }

    /** The result has the type that the request declares. The caller of this method handles requests of every type. */
    @SuppressWarnings("unchecked")
    private void end(@Nullable Object value, @Nullable QueueException failure) {
        if (ended) {
            if (value instanceof QueueClient.WithPendingResponse unsent) {
                unsent.pending().unsent();
            }
            return;
        }
        ended = true;
        timeouts.remove(this);
        gate.leave();
        if (failure == null) {
            result.complete((R) value);
        } else {
            result.fail(failure);
        }
    }
}
