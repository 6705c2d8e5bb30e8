package dev.sluice.runtime.queue;

import dev.sluice.runtime.clock.ContinuousClock;
import io.vertx.core.Context;
import io.vertx.core.Vertx;

/** Runs the tasks of a queue on an event-loop context. */
public final class EventLoopScheduler implements QueueScheduler {
    private final Vertx vertx;
    private final Context context;
    private final ContinuousClock clock;
    private final Thread thread;

    /** Call on the event loop of the context. */
    public EventLoopScheduler(Vertx vertx, Context context, ContinuousClock clock) {
        this.vertx = vertx;
        this.context = context;
        this.clock = clock;
        this.thread = Thread.currentThread();
    }

    @Override
    public void execute(Runnable task) {
        context.runOnContext(ignored -> task.run());
    }

    @Override
    public long schedule(long delayMillis, Runnable task) {
        return vertx.setTimer(Math.max(1, delayMillis), id -> task.run());
    }

    @Override
    public void cancel(long timer) {
        vertx.cancelTimer(timer);
    }

    @Override
    public boolean isCurrentThread() {
        return Thread.currentThread() == thread;
    }

    @Override
    public long nowMillis() {
        return clock.nowMillis();
    }
}
