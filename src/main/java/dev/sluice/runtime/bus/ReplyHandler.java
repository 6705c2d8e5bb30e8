package dev.sluice.runtime.bus;

import dev.sluice.queue.QueueException;

/** Receives the result of a request. Exactly one of the two methods is called, once, on the queue's scheduler. */
public interface ReplyHandler<R> {
    /** The request succeeded. */
    void succeed(R result);

    /** The request was refused. */
    void fail(QueueException error);
}
