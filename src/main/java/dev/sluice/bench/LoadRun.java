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

/** Carries out a {@link LoadPlan} with event loops of its own, one per core. */
public final class LoadRun {
    private static final long GRACE_MILLIS = 10_000;
    private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final LoadPlan plan;
    private final Consumer<LoadProgress> onSecond;
    private final LoadMeter meter = new LoadMeter(System.nanoTime());
    private final List<LoadVerticle> parts = new ArrayList<>();

    private LoadRun(LoadPlan plan, Consumer<LoadProgress> onSecond) {
        this.plan = plan;
        this.onSecond = onSecond;
    }

    /**
     * Makes the load and waits for its end.
     *
     * @param onSecond told on the calling thread after every second of the measurement
     * @throws LoadException if the server cannot be reached, or refuses to prepare the queue
     */
    public static LoadSummary run(LoadPlan plan, Consumer<LoadProgress> onSecond) throws InterruptedException {
        int eventLoops = Math.min(plan.connections(), Runtime.getRuntime().availableProcessors());
        Vertx vertx = Vertx.vertx(new VertxOptions()
                .setPreferNativeTransport(true)
                .setEventLoopPoolSize(eventLoops)
                // No file is served, so no directory for unpacked ones is needed.
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
            parts.add(new LoadVerticle(plan, client, requests, meter, connections, rate));
        }
        for (LoadVerticle part : parts) {
            await(vertx.deployVerticle(part, new DeploymentOptions().setThreadingModel(ThreadingModel.EVENT_LOOP)));
        }
        parts.forEach(LoadVerticle::begin);
        warmUp();
        return measure();
    }

    /**
     * Measures a second at a time and forgets it. Half-way garbage is collected: what came to live at the start is otherwise copied by
     * each of the next fifteen young collections, milliseconds that an open loop takes for the server's.
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
        parts.forEach(LoadVerticle::measure);
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
                parts.stream().map(part -> part.end(GRACE_MILLIS)).toList()) {
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
            throw failure.getCause() instanceof LoadException refusal
                    ? refusal
                    : new LoadException(String.valueOf(failure.getCause().getMessage()));
        }
    }
}
