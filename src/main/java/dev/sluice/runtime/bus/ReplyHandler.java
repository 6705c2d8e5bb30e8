package dev.sluice.runtime.bus;

import dev.sluice.queue.QueueException;
import java.util.function.Consumer;

/** Receives the result of a request. Exactly one of the two methods is called, once, on the queue's scheduler. */
public interface ReplyHandler<R> {
    /** A handler that passes the result on to one of two actions. */
    static <R> ReplyHandler<R> of(Consumer<? super R> onSuccess, Consumer<QueueException> onFailure) {
        return new ReplyHandler<>() {
            @Override
            public void succeed(R result) {
                onSuccess.accept(result);
            }

            @Override
            public void fail(QueueException error) {
                onFailure.accept(error);
            }
        };
    }

    /** A handler for requests whose result is not needed. */
    static <R> ReplyHandler<R> ignoring() {
        return of(result -> {}, error -> {});
    }

    /** The request succeeded. */
    void succeed(R result);

    /** The request was refused. */
    void fail(QueueException error);
}
