package dev.sluice.bench;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientConnection;
import io.vertx.core.http.HttpClientResponse;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Sends one request at a time on one connection; with HTTP/2 several streams share a connection. Owned by one event
 * loop.
 *
 * <p>A cycle begins with a push. In mode {@code CYCLE} some cycles continue with a pull and an acknowledgement before
 * the stream is free again.
 */
final class LoadStream {
    private static final int OK = 200;

    private final LoadRequests requests;
    private final LoadMeter meter;
    private final LoadPlan.LoadShape shape;
    private final PullCounter pullCounter;
    private final Consumer<LoadStream> onFree;
    private final Consumer<LoadStream> onLost;
    /** Null before the first connection. */
    private @Nullable HttpClientConnection connection;

    /** Counts the messages that the streams of this event loop have pushed and not yet pulled. */
    static final class PullCounter {
        private int messages;

        private boolean addAndCheckFull(int pushed) {
            messages += pushed;
            if (messages < LoadRequests.PULL_MESSAGES) {
                return false;
            }
            messages -= LoadRequests.PULL_MESSAGES;
            return true;
        }
    }

    /**
     * A stream without a connection.
     *
     * @param onFree called after a cycle
     * @param onLost called instead if there was no response
     */
    LoadStream(
            LoadRequests requests,
            LoadMeter meter,
            LoadPlan.LoadShape shape,
            PullCounter pullCounter,
            Consumer<LoadStream> onFree,
            Consumer<LoadStream> onLost) {
        this.requests = requests;
        this.meter = meter;
        this.shape = shape;
        this.pullCounter = pullCounter;
        this.onFree = onFree;
        this.onLost = onLost;
    }

    void connection(HttpClientConnection open) {
        connection = open;
    }

    /** Begins a cycle; the latency of its push counts from {@code dueNanos}. */
    void push(long dueNanos) {
        send(LoadStep.PUSH, requests.pushBody()).onComplete((response, failure) -> {
            if (failure == null) {
                meter.succeeded(LoadStep.PUSH, dueNanos);
                pushed();
            } else {
                failed(failure);
            }
        });
    }

    private void pushed() {
        if (shape.mode() == LoadPlan.Mode.PUSH) {
            meter.completed(shape.batch());
            onFree.accept(this);
        } else if (pullCounter.addAndCheckFull(shape.batch())) {
            pull();
        } else {
            onFree.accept(this);
        }
    }

    private void pull() {
        long sentNanos = System.nanoTime();
        send(LoadStep.PULL, requests.pullBody()).onComplete((response, failure) -> {
            if (failure == null) {
                meter.succeeded(LoadStep.PULL, sentNanos);
                List<String> leases = LoadRequests.leases(response);
                if (leases.isEmpty()) {
                    onFree.accept(this);
                } else {
                    ack(leases);
                }
            } else {
                failed(failure);
            }
        });
    }

    private void ack(List<String> leases) {
        long sentNanos = System.nanoTime();
        send(LoadStep.ACK, LoadRequests.ackBody(leases)).onComplete((response, failure) -> {
            if (failure == null) {
                meter.succeeded(LoadStep.ACK, sentNanos);
                meter.completed(leases.size());
                onFree.accept(this);
            } else {
                failed(failure);
            }
        });
    }

    private Future<Buffer> send(LoadStep step, Buffer body) {
        return Objects.requireNonNull(connection, "not connected")
                .request(requests.options(step))
                .compose(request -> request.send(body))
                .compose(LoadStream::read);
    }

    private static Future<Buffer> read(HttpClientResponse response) {
        return response.body().map(body -> {
            if (response.statusCode() != OK) {
                throw new FailedResponse(response.statusCode());
            }
            return body;
        });
    }

    private void failed(Throwable failure) {
        if (failure instanceof FailedResponse failedResponse) {
            meter.failed(String.valueOf(failedResponse.status));
            onFree.accept(this);
        } else {
            meter.failed("no response");
            onLost.accept(this);
        }
    }

    /** A response with a status other than 200. */
    private static final class FailedResponse extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final int status;

        FailedResponse(int status) {
            super(null, null, false, false);
            this.status = status;
        }
    }
}
