package dev.sluice.worker;

import dev.sluice.queue.Content;
import dev.sluice.runtime.clock.ContinuousClock;
import dev.sluice.runtime.delivery.WorkerTarget;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import java.util.Locale;

/**
 * A Worker behind a URL: one POST per batch, signed. Redirects are answers like any other that is not 2xx; nothing is ever sent
 * elsewhere.
 */
public final class HttpWorkerTarget implements WorkerTarget {
    private static final int ANSWER_BYTES_MAX = 1 << 20;
    /** Larger batches are written and signed on a worker thread: an event loop has other queues to serve. */
    private static final int EVENT_LOOP_BYTES_MAX = 256 << 10;

    private static final int FAILURE_CHARS_MAX = 200;

    private final Vertx vertx;
    private final WebClient client;
    private final String url;
    private final RequestSignature signature;
    private final long timeoutMillis;
    /** Less than the whole time: a request that still waits for a connection when the client is closed keeps Vert.x from closing. */
    private final long connectMillis;

    private final int delaySecondsMax;
    private final ContinuousClock clock;

    HttpWorkerTarget(
            Vertx vertx, WebClient client, WorkerEndpoint endpoint, int delaySecondsMax, ContinuousClock clock) {
        this.vertx = vertx;
        this.client = client;
        this.url = endpoint.url().toString();
        this.signature = new RequestSignature(endpoint.key());
        this.timeoutMillis = endpoint.timeoutMillis();
        this.connectMillis = Math.max(1, timeoutMillis * 9 / 10);
        this.delaySecondsMax = delaySecondsMax;
        this.clock = clock;
    }

    /** What goes out: the body, and the headers that vouch for it. */
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
        Promise<BatchResult> verdict = Promise.promise();
        BoundedResponseBody answer = new BoundedResponseBody(ANSWER_BYTES_MAX);
        long timer = vertx.setTimer(timeoutMillis, id -> {
            verdict.tryFail(failure(answer, "no complete answer within " + timeoutMillis + " ms"));
            answer.abort();
        });
        // What cannot be built is a failure like others.
        Future.succeededFuture()
                .compose(begun -> sign(batch))
                .compose(signed ->
                        verdict.future().isComplete() ? Future.failedFuture(failure("too late")) : send(signed, answer))
                .map(response -> verdictOf(batch, response))
                .onComplete(result -> {
                    vertx.cancelTimer(timer);
                    if (result.succeeded()) {
                        verdict.tryComplete(result.result());
                    } else {
                        verdict.tryFail(failure(answer, textOf(result.cause())));
                    }
                });
        return verdict.future();
    }

    private Future<SignedBody> sign(Batch batch) {
        return batch.bytes() <= EVENT_LOOP_BYTES_MAX
                ? Future.succeededFuture(signed(batch))
                : vertx.executeBlocking(() -> signed(batch), false);
    }

    private SignedBody signed(Batch batch) {
        byte[] body = BatchRequestWriter.write(batch, clock);
        // Receivers compare it with clocks of their own.
        long timestampSeconds = System.currentTimeMillis() / 1_000;
        return new SignedBody(body, timestampSeconds, signature.of(timestampSeconds, body));
    }

    private Future<HttpResponse<Buffer>> send(SignedBody signed, BoundedResponseBody answer) {
        return client.requestAbs(HttpMethod.POST, url)
                .connectTimeout(connectMillis)
                .putHeader("content-type", "application/json")
                .putHeader("sluice-timestamp", String.valueOf(signed.timestampSeconds()))
                .putHeader("sluice-signature", signed.signature())
                .as(answer)
                .sendBuffer(Buffer.buffer(signed.body()));
    }

    private BatchResult verdictOf(Batch batch, HttpResponse<Buffer> response) {
        int status = response.statusCode();
        if (status < 200 || status > 299) {
            String redirect = status >= 300 && status <= 399 ? "; redirects are not followed" : "";
            throw failure("it answered " + status + redirect);
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

    /** A request that no connection was given is no attempt. */
    private static RuntimeException failure(BoundedResponseBody answer, String text) {
        return answer.isRequestSent() ? failure(text) : new NotSent(text);
    }

    private static VertxException failure(String text) {
        return VertxException.noStackTrace(text);
    }

    /** One short line. */
    private static String textOf(Throwable failure) {
        String text = failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
        String line = text.lines().findFirst().orElse("").strip();
        return line.length() > FAILURE_CHARS_MAX ? line.substring(0, FAILURE_CHARS_MAX) + "…" : line;
    }
}
