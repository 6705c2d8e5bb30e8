package dev.sluice.runtime.bus;

import dev.sluice.queue.QueueError;
import dev.sluice.queue.QueueException;
import dev.sluice.runtime.TimeoutQueue;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;

/**
 * A request on its way to the verticle of a queue, and the place where its answer is awaited. Crosses the bus by reference, so
 * that an answer takes no message, no address and no timer of its own.
 *
 * <p>Made on the event loop of the sender, where its future completes too; answered in a turn of the queue.
 */
public final class QueueCall<R> extends TimeoutQueue.Entry implements ReplyHandler<Object> {
    private final QueueRequest<R> request;
    private final QueueGate slot;
    private final TimeoutQueue deadlines;
    private final Context context;
    private final Thread thread = Thread.currentThread();
    private final Promise<R> answer = Promise.promise();
    private boolean ended;

    /**
     * A call of the current thread.
     *
     * @param slot whose gate was entered, to be left when this ends
     */
    QueueCall(QueueRequest<R> request, QueueGate slot, TimeoutQueue deadlines, Context context) {
        this.request = request;
        this.slot = slot;
        this.deadlines = deadlines;
        this.context = context;
    }

    public QueueRequest<R> request() {
        return request;
    }

    /** Fails with a {@link QueueException} only. */
    Future<R> future() {
        return answer.future();
    }

    @Override
    public void succeed(Object result) {
        if (Thread.currentThread() == thread) {
            end(result, null);
        } else {
            context.runOnContext(nothing -> end(result, null));
        }
    }

    @Override
    public void fail(QueueException why) {
        if (Thread.currentThread() == thread) {
            end(null, why);
        } else {
            context.runOnContext(nothing -> end(null, why));
        }
    }

    @Override
    protected void onTimeout() {
        end(null, new QueueException(QueueError.UNAVAILABLE));
    }

    /** The answer has the type that the request says; those who answer handle requests of every type. */
    @SuppressWarnings("unchecked")
    private void end(Object result, QueueException failure) {
        if (ended) {
            if (result instanceof QueueClient.WithPendingResponse late) {
                late.pending().unsent();
            }
            return;
        }
        ended = true;
        deadlines.end(this);
        slot.leave();
        if (failure == null) {
            answer.complete((R) result);
        } else {
            answer.fail(failure);
        }
    }
}
