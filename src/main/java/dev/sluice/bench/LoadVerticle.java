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

/** One event loop's part of the load: its connections, their lanes, and the pace of its pushes. */
final class LoadVerticle extends VerticleBase {
    private static final long RECONNECT_MILLIS = 100;
    private static final long DRAIN_POLL_MILLIS = 5;

    private final LoadPlan plan;
    private final HttpClientAgent client;
    private final LoadRequests requests;
    private final LoadMeter meter;
    private final int connections;
    /** Null in a closed loop. */
    private final OpenLoopSchedule pace;

    private final LoadStream.PullShare share = new LoadStream.PullShare();
    private final ArrayDeque<LoadStream> free = new ArrayDeque<>();
    private final List<HttpClientConnection> open = new ArrayList<>();
    private EventLoop eventLoop;
    private int busy;
    private boolean running;
    private boolean closed;
    private boolean alarmed;

    /**
     * A part that has not begun.
     *
     * @param rate pushes per second of this part, 0 for a closed loop
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
        this.pace = rate > 0 ? new OpenLoopSchedule(rate) : null;
    }

    @Override
    public Future<?> start() {
        eventLoop = ((ContextInternal) context).nettyEventLoop();
        List<Future<?>> connecting = new ArrayList<>();
        for (int i = 0; i < connections; i++) {
            List<LoadStream> lanes = new ArrayList<>();
            for (int j = 0; j < plan.streams(); j++) {
                lanes.add(new LoadStream(requests, meter, plan.shape(), share, this::onFree, this::onLost));
            }
            connecting.add(connect(lanes));
        }
        return Future.all(connecting).recover(LoadVerticle::unreachable);
    }

    private static <T> Future<T> unreachable(Throwable failure) {
        return Future.failedFuture(new LoadException("cannot connect: " + failure.getMessage()));
    }

    private Future<Void> connect(List<LoadStream> lanes) {
        HttpConnectOptions options = new HttpConnectOptions()
                .setHost(plan.base().getHost())
                .setPort(plan.port())
                .setSsl(plan.tls());
        return client.connect(options).map(connection -> {
            open.add(connection);
            lanes.forEach(lane -> lane.connection(connection));
            connection.closeHandler(gone -> {
                open.remove(connection);
                reconnect(lanes);
            });
            if (running) {
                return null;
            }
            free.addAll(lanes);
            return null;
        });
    }

    /** Its lanes fail what they try in the meantime, and are told so. */
    private void reconnect(List<LoadStream> lanes) {
        if (running) {
            vertx.setTimer(RECONNECT_MILLIS, fired -> connect(lanes).onFailure(failure -> reconnect(lanes)));
        }
    }

    /** Begins to send. Callable from any thread, as {@link #end} is. */
    void begin() {
        context.runOnContext(nothing -> {
            running = true;
            if (pace != null) {
                pace.begin(System.nanoTime());
            }
            serve();
        });
    }

    /** What a generator that was not warm itself could not send during the warm-up is not the server's debt. Callable from any thread. */
    void measure() {
        context.runOnContext(nothing -> {
            if (pace != null) {
                pace.begin(System.nanoTime());
            }
        });
    }

    /** Makes no more requests due; completes with what is still owed when those that were are answered, or after a while. */
    Future<Long> end(long graceMillis) {
        Promise<Long> drained = Promise.promise();
        context.runOnContext(nothing -> {
            running = false;
            if (pace != null) {
                pace.end(System.nanoTime());
            }
            drain(drained, System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(graceMillis));
        });
        return drained.future();
    }

    private void drain(Promise<Long> drained, long untilNanos) {
        boolean done = busy == 0 && (pace == null || pace.owed() == 0);
        if (done || System.nanoTime() > untilNanos) {
            closed = true;
            List.copyOf(open).forEach(HttpClientConnection::close);
            drained.complete(pace == null ? 0 : pace.owed());
        } else {
            vertx.setTimer(DRAIN_POLL_MILLIS, fired -> drain(drained, untilNanos));
        }
    }

    /** Waits a little, so that a server that is gone is not asked without end. */
    private void onLost(LoadStream lane) {
        vertx.setTimer(RECONNECT_MILLIS, fired -> onFree(lane));
    }

    private void onFree(LoadStream lane) {
        busy--;
        free.add(lane);
        if (alarmed && pace != null && !pace.isDue(System.nanoTime())) {
            return;
        }
        serveSoon();
    }

    private void serveSoon() {
        context.runOnContext(nothing -> serve());
    }

    private void serve() {
        if (closed) {
            return;
        }
        if (pace == null) {
            while (running && !free.isEmpty()) {
                push(System.nanoTime());
            }
            return;
        }
        while (!free.isEmpty() && pace.isDue(System.nanoTime())) {
            push(pace.take());
        }
        if (!free.isEmpty() && running && !alarmed) {
            alarmed = true;
            long waitNanos = Math.max(0, pace.dueNanos() - System.nanoTime());
            eventLoop.schedule(this::ring, waitNanos, TimeUnit.NANOSECONDS);
        }
    }

    private void ring() {
        alarmed = false;
        serveSoon();
    }

    private void push(long dueNanos) {
        busy++;
        free.remove().push(dueNanos);
    }
}
