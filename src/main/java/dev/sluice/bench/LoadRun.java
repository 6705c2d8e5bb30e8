package dev.sluice.bench;

import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.OpenSSLEngineOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Executes a {@link LoadPlan} on its own event loops, one per core. */
public final class LoadRun {
    private static final long GRACE_MILLIS = 10_000;
    private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final LoadPlan plan;
    private final Consumer<LoadProgress> onSecond;
    private final LoadMeter meter = new LoadMeter(System.nanoTime());
    private final List<LoadVerticle> verticles = new ArrayList<>();

    private LoadRun(LoadPlan plan, Consumer<LoadProgress> onSecond) {
        this.plan = plan;
        this.onSecond = onSecond;
    }

    /**
     * Generates the load and blocks until it ends.
     *
     * @param onSecond called on the calling thread after every second of the measurement
     * @throws LoadException if the server cannot be reached or the queue cannot be prepared
     */
    public static LoadSummary run(LoadPlan plan, Consumer<LoadProgress> onSecond) throws InterruptedException {
        int eventLoops = Math.min(plan.connections(), Runtime.getRuntime().availableProcessors());
        Vertx vertx = Vertx.vertx(new VertxOptions()
                .setPreferNativeTransport(true)
                .setEventLoopPoolSize(eventLoops)
                // No file is served, so no cache directory is needed.
                .setFileSystemOptions(new FileSystemOptions()
                        .setClassPathResolvingEnabled(false)
                        .setFileCachingEnabled(false)));
        try {
            return new LoadRun(plan, onSecond).run(vertx, eventLoops);
        } finally {
            await(vertx.close());
        }
    }

    private LoadSummary run(Vertx vertx, int eventLoops) throws InterruptedException {
        HttpClientAgent client = vertx.createHttpClient(options());
        LoadRequests requests = new LoadRequests(plan, await(new TargetQueue(client, plan).prepare()));
        for (int i = 0; i < eventLoops; i++) {
            int connections = plan.connections() / eventLoops + (i < plan.connections() % eventLoops ? 1 : 0);
            double rate = (double) plan.rate() * connections / plan.connections();
            verticles.add(new LoadVerticle(plan, client, requests, meter, connections, rate));
        }
        for (LoadVerticle verticle : verticles) {
            await(vertx.deployVerticle(verticle, new DeploymentOptions().setThreadingModel(ThreadingModel.EVENT_LOOP)));
        }
        verticles.forEach(LoadVerticle::begin);
        warmUp();
        return measure();
    }

    /**
     * Measures in intervals of one second and discards the results. A garbage collection at half-time removes the
     * objects of the start: otherwise each of the next young collections copies them, and an open loop would count
     * those milliseconds as latency of the server.
     */
    private void warmUp() throws InterruptedException {
        long beginNanos = System.nanoTime();
        long endNanos = beginNanos + TimeUnit.MILLISECONDS.toNanos(plan.warmupMillis());
        boolean collected = false;
        for (long nowNanos = beginNanos; nowNanos < endNanos; nowNanos = System.nanoTime()) {
            TimeUnit.NANOSECONDS.sleep(Math.min(SECOND_NANOS, endNanos - nowNanos));
            if (!collected && System.nanoTime() - beginNanos >= (endNanos - beginNanos) / 2) {
                System.gc();
                collected = true;
            }
            meter.progress(0);
            meter.begin(System.nanoTime());
        }
    }

    private LoadSummary measure() throws InterruptedException {
        long beginNanos = System.nanoTime();
        meter.begin(beginNanos);
        verticles.forEach(LoadVerticle::measure);
        long endNanos = beginNanos + TimeUnit.MILLISECONDS.toNanos(plan.durationMillis());
        for (long next = beginNanos + SECOND_NANOS; next <= endNanos; next += SECOND_NANOS) {
            TimeUnit.NANOSECONDS.sleep(next - System.nanoTime());
            onSecond.accept(meter.progress((System.nanoTime() - beginNanos) / 1e9));
        }
        TimeUnit.NANOSECONDS.sleep(endNanos - System.nanoTime());
        double seconds = (System.nanoTime() - beginNanos) / 1e9;
        meter.end();
        long unsent = 0;
        for (Future<Long> end :
                verticles.stream().map(verticle -> verticle.end(GRACE_MILLIS)).toList()) {
            unsent += await(end);
        }
        return meter.summary(seconds, unsent);
    }

    private HttpClientOptions options() {
        HttpClientOptions options = new HttpClientOptions()
                .setDefaultHost(plan.base().getHost())
                .setDefaultPort(plan.port())
                .setSsl(plan.tls())
                .setTcpNoDelay(true);
        if (plan.tls()) {
            options.setSslEngineOptions(new OpenSSLEngineOptions())
                    .setTrustAll(plan.trustAll())
                    .setVerifyHost(!plan.trustAll());
        }
        if (plan.http2()) {
            options.setProtocolVersion(HttpVersion.HTTP_2).setUseAlpn(true);
        }
        return options;
    }

    private static <T> T await(Future<T> future) throws InterruptedException {
        try {
            return future.toCompletionStage().toCompletableFuture().join();
        } catch (CompletionException failure) {
            @Nullable Throwable cause = failure.getCause();
            throw cause instanceof LoadException loadFailure
                    ? loadFailure
                    : new LoadException(String.valueOf((cause == null ? failure : cause).getMessage()));
        }
    }
}
