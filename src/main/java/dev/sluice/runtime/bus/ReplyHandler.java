package dev.sluice.runtime.bus;

import dev.sluice.queue.QueueException;

/** Where the answer to a request goes. Exactly one of the two is called, once, in a turn of the queue. */
public interface ReplyHandler<R> {
    /** The answer. */
    void succeed(R answer);

    /** The refusal. */
    void fail(QueueException why);
}
