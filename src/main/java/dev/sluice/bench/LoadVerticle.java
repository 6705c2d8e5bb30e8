package dev.sluice.bench;

import io.netty.channel.EventLoop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientConnection;
import io.vertx.core.http.HttpConnectOptions;
import io.vertx.core.internal.ContextInternal;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The share of the load of one event loop: its connections, their streams, and the schedule of its pushes. */
final class LoadVerticle extends VerticleBase {
    private static final long RECONNECT_MILLIS = 100;
    private static final long DRAIN_POLL_MILLIS = 5;

    private final LoadPlan plan;
    private final HttpClientAgent client;
    private final LoadRequests requests;
    private final LoadMeter meter;
    private final int connections;
    /** Null in a closed loop. */
    private final @Nullable OpenLoopSchedule schedule;

    private final LoadStream.PullCounter pullCounter = new LoadStream.PullCounter();
    private final ArrayDeque<LoadStream> free = new ArrayDeque<>();
    private final List<HttpClientConnection> open = new ArrayList<>();
    private EventLoop eventLoop;
    private int busy;
    private boolean running;
    private boolean closed;
    private boolean timerSet;

    /**
     * A verticle that does not send yet.
     *
     * @param rate pushes per second of this verticle, 0 for a closed loop
     */
    LoadVerticle(
            LoadPlan plan,
            HttpClientAgent client,
            LoadRequests requests,
            LoadMeter meter,
            int connections,
            double rate) {
        this.plan = plan;
        this.client = client;
        this.requests = requests;
        this.meter = meter;
        this.connections = connections;
        this.schedule = rate > 0 ? new OpenLoopSchedule(rate) : null;
    }

    @Override
    public Future<?> start() {
        eventLoop = ((ContextInternal) context).nettyEventLoop();
        List<Future<?>> connecting = new ArrayList<>();
        for (int i = 0; i < connections; i++) {
            List<LoadStream> streams = new ArrayList<>();
            for (int j = 0; j < plan.streams(); j++) {
                streams.add(new LoadStream(requests, meter, plan.shape(), pullCounter, this::onFree, this::onLost));
            }
            connecting.add(connect(streams));
        }
        return Future.all(connecting).recover(LoadVerticle::unreachable);
    }

    private static <T> Future<T> unreachable(Throwable failure) {
        return Future.failedFuture(new LoadException("cannot connect: " + failure.getMessage()));
    }

    private Future<Void> connect(List<LoadStream> streams) {
        HttpConnectOptions options = new HttpConnectOptions()
                .setHost(plan.base().getHost())
                .setPort(plan.port())
                .setSsl(plan.tls());
        return client.connect(options).map(connection -> {
            open.add(connection);
            streams.forEach(stream -> stream.connection(connection));
            connection.closeHandler(ignored -> {
                open.remove(connection);
                reconnect(streams);
            });
            if (running) {
                return null;
            }
            free.addAll(streams);
            return null;
        });
    }

    /** The requests of its streams fail in the meantime, which calls {@link #onLost}. */
    private void reconnect(List<LoadStream> streams) {
        if (running) {
            vertx.setTimer(RECONNECT_MILLIS, fired -> connect(streams).onFailure(failure -> reconnect(streams)));
        }
    }

    /** Begins to send. Callable from any thread, like {@link #end}. */
    void begin() {
        context.runOnContext(nothing -> {
            running = true;
            if (schedule != null) {
                schedule.begin(System.nanoTime());
            }
            sendDue();
        });
    }

    /**
     * Restarts the schedule: pushes that the generator itself could not send during the warm-up do not count as a delay
     * of the server. Callable from any thread.
     */
    void measure() {
        context.runOnContext(nothing -> {
            if (schedule != null) {
                schedule.begin(System.nanoTime());
            }
        });
    }

    /**
     * Ends the schedule. Completes with the number of due but unsent pushes when all requests in progress have a
     * response, or after {@code graceMillis}.
     */
    Future<Long> end(long graceMillis) {
        Promise<Long> drained = Promise.promise();
        context.runOnContext(nothing -> {
            running = false;
            if (schedule != null) {
                schedule.end(System.nanoTime());
            }
            drain(drained, System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(graceMillis));
        });
        return drained.future();
    }

    private void drain(Promise<Long> drained, long untilNanos) {
        boolean done = busy == 0 && (schedule == null || schedule.unsent() == 0);
        if (done || System.nanoTime() > untilNanos) {
            closed = true;
            List.copyOf(open).forEach(HttpClientConnection::close);
            drained.complete(schedule == null ? 0 : schedule.unsent());
        } else {
            vertx.setTimer(DRAIN_POLL_MILLIS, fired -> drain(drained, untilNanos));
        }
    }

    /** Waits before the next request, so that an unreachable server does not cause a busy loop. */
    private void onLost(LoadStream stream) {
        vertx.setTimer(RECONNECT_MILLIS, fired -> onFree(stream));
    }

    private void onFree(LoadStream stream) {
        busy--;
        free.add(stream);
        if (timerSet && schedule != null && !schedule.isDue(System.nanoTime())) {
            return;
        }
        sendDueLater();
    }

    private void sendDueLater() {
        context.runOnContext(nothing -> sendDue());
    }

    private void sendDue() {
        if (closed) {
            return;
        }
        if (schedule == null) {
            while (running && !free.isEmpty()) {
                push(System.nanoTime());
            }
            return;
        }
        while (!free.isEmpty() && schedule.isDue(System.nanoTime())) {
            push(schedule.next());
        }
        if (!free.isEmpty() && running && !timerSet) {
            setTimer(schedule);
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // A task of the event loop; it is never cancelled.
    private void setTimer(OpenLoopSchedule schedule) {
        timerSet = true;
        long waitNanos = Math.max(0, schedule.dueNanos() - System.nanoTime());
        eventLoop.schedule(this::onTimer, waitNanos, TimeUnit.NANOSECONDS);
    }

    private void onTimer() {
        timerSet = false;
        sendDueLater();
    }

    private void push(long dueNanos) {
        busy++;
        free.remove().push(dueNanos);
    }
}
