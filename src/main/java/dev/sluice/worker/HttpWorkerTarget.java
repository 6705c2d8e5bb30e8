package dev.sluice.worker;

import dev.sluice.config.WorkerConfig;
import dev.sluice.queue.Content;
import dev.sluice.queue.TraceContext;
import dev.sluice.runtime.RequestIds;
import dev.sluice.runtime.clock.ContinuousClock;
import dev.sluice.runtime.delivery.WorkerTarget;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.client.HttpRequest;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import java.util.Locale;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A worker at a URL: one signedBody POST request per batch. Redirects are not followed; like every status other than 2xx
 * they are failures.
 */
public final class HttpWorkerTarget implements WorkerTarget {
    private static final int RESPONSE_BYTES_MAX = 1 << 20;
    /** Larger batches are serialized and signedBody on a worker thread, so that they do not block the event loop. */
    private static final int EVENT_LOOP_BYTES_MAX = 256 << 10;

    private static final int FAILURE_CHARS_MAX = 200;

    private final Vertx vertx;
    private final WebClient client;
    private final String url;
    private final RequestSignature signature;
    private final long timeoutMillis;
    /**
     * Less than {@code timeoutMillis}: a request that still waits for a connection when the client is closed prevents
     * Vert.x from closing.
     */
    private final long connectMillis;

    private final int delaySecondsMax;
    private final ContinuousClock clock;

    private final Supplier<String> requestIds;

    HttpWorkerTarget(
            Vertx vertx,
            WebClient client,
            WorkerConfig worker,
            int delaySecondsMax,
            ContinuousClock clock,
            Supplier<String> requestIds) {
        this.vertx = vertx;
        this.client = client;
        this.url = worker.url().toString();
        this.signature = new RequestSignature(worker.key().value());
        this.timeoutMillis = worker.timeoutMillis();
        this.connectMillis = Math.max(1, timeoutMillis * 9 / 10);
        this.delaySecondsMax = delaySecondsMax;
        this.clock = clock;
        this.requestIds = requestIds;
    }

    /** The request body, and the values of the headers that authenticate it. */
    private record SignedBody(byte[] body, long timestampSeconds, String signature) {}

    @Override
    public long timeoutMillis() {
        return timeoutMillis;
    }

    @Override
    public int bytesOf(Content content) {
        return BatchRequestWriter.bytesOf(content);
    }

    @Override
    public Future<BatchResult> deliver(Batch batch) {
        String requestId = requestIds.get();
        Promise<BatchResult> outcome = Promise.promise();
        BoundedResponseBody body = new BoundedResponseBody(RESPONSE_BYTES_MAX);
        long timer = vertx.setTimer(timeoutMillis, id -> {
            outcome.tryFail(failure(body, requestId, "no complete response within " + timeoutMillis + " ms"));
            body.abort();
        });
        // Inside a future, so that an exception while the request is built becomes a failure too.
        Future.succeededFuture()
                .compose(begun -> sign(batch))
                .compose(signedBody -> outcome.future().isComplete()
                        ? Future.failedFuture(failure("too late"))
                        : send(signedBody, requestId, batch.trace(), body))
                .map(response -> resultOf(batch, response))
                .onComplete(result -> {
                    vertx.cancelTimer(timer);
                    if (result.succeeded()) {
                        outcome.tryComplete(result.result());
                    } else {
                        outcome.tryFail(failure(body, requestId, textOf(result.cause())));
                    }
                });
        return outcome.future();
    }

    private Future<SignedBody> sign(Batch batch) {
        return batch.bytes() <= EVENT_LOOP_BYTES_MAX
                ? Future.succeededFuture(signedBody(batch))
                : vertx.executeBlocking(() -> signedBody(batch), false);
    }

    private SignedBody signedBody(Batch batch) {
        byte[] body = BatchRequestWriter.write(batch, clock);
        // Wall clock, because receivers compare it with their own clocks.
        long timestampSeconds = System.currentTimeMillis() / 1_000;
        return new SignedBody(body, timestampSeconds, signature.of(timestampSeconds, body));
    }

    private Future<HttpResponse<Buffer>> send(
            SignedBody signedBody, String requestId, @Nullable TraceContext trace, BoundedResponseBody body) {
        HttpRequest<Buffer> request = client.requestAbs(HttpMethod.POST, url);
        if (trace != null) {
            request.putHeader("traceparent", trace.traceparent());
            if (!trace.state().isEmpty()) {
                request.putHeader("tracestate", trace.state());
            }
        }
        return request.connectTimeout(connectMillis)
                .putHeader("content-type", "application/json")
                .putHeader("sluice-timestamp", String.valueOf(signedBody.timestampSeconds()))
                .putHeader("sluice-signature", signedBody.signature())
                .putHeader(RequestIds.HEADER.toString(), requestId)
                .as(body)
                .sendBuffer(Buffer.buffer(signedBody.body()));
    }

    private BatchResult resultOf(Batch batch, HttpResponse<Buffer> response) {
        int status = response.statusCode();
        if (status < 200 || status > 299) {
            String redirect = status >= 300 && status <= 399 ? "; redirects are not followed" : "";
            throw failure("it responded with " + status + redirect);
        }
        Buffer body = response.body();
        if (body == null || body.length() == 0 || !isJson(response.getHeader("content-type"))) {
            return BatchResult.ALL_DONE;
        }
        return BatchResultParser.read(body.getBytes(), batch.deliveries(), delaySecondsMax);
    }

    private static boolean isJson(String contentType) {
        if (contentType == null) {
            return false;
        }
        int semicolon = contentType.indexOf(';');
        String type = semicolon < 0 ? contentType : contentType.substring(0, semicolon);
        String lower = type.strip().toLowerCase(Locale.ROOT);
        return lower.equals("application/json") || lower.endsWith("+json");
    }

    /** A request that was never sent on a connection does not count as an attempt. */
    private static RuntimeException failure(BoundedResponseBody body, String requestId, String reason) {
        String text = reason + " (x-request-id " + requestId + ")";
        return body.isRequestSent() ? failure(text) : new NotSent(text);
    }

    private static VertxException failure(String text) {
        return VertxException.noStackTrace(text);
    }

    /** The first line of the message, shortened to {@link #FAILURE_CHARS_MAX} characters. */
    private static String textOf(Throwable failure) {
        String text = failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
        String line = text.lines().findFirst().orElse("").strip();
        return line.length() > FAILURE_CHARS_MAX ? line.substring(0, FAILURE_CHARS_MAX) + "…" : line;
    }
}
