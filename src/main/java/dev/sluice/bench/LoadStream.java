package dev.sluice.bench;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientConnection;
import io.vertx.core.http.HttpClientResponse;
import java.util.List;
import java.util.function.Consumer;

/**
 * One request at a time on one connection; several lanes share a connection of HTTP/2. Owned by one event loop.
 *
 * <p>A push is one turn. In mode cycle some turns go on with a pull and an acknowledgement before the lane is free again.
 */
final class LoadStream {
    private static final int OK = 200;

    private final LoadRequests requests;
    private final LoadMeter meter;
    private final LoadPlan.LoadShape shape;
    private final PullShare share;
    private final Consumer<LoadStream> onFree;
    private final Consumer<LoadStream> onLost;
    private HttpClientConnection connection;

    /** Messages that some lane of this event loop pushed and none has pulled yet. */
    static final class PullShare {
        private int messages;

        private boolean takeFull(int pushed) {
            messages += pushed;
            if (messages < LoadRequests.PULL_MESSAGES) {
                return false;
            }
            messages -= LoadRequests.PULL_MESSAGES;
            return true;
        }
    }

    /**
     * A lane without a connection.
     *
     * @param onFree told after a turn
     * @param onLost told instead if there was no answer
     */
    LoadStream(
            LoadRequests requests,
            LoadMeter meter,
            LoadPlan.LoadShape shape,
            PullShare share,
            Consumer<LoadStream> onFree,
            Consumer<LoadStream> onLost) {
        this.requests = requests;
        this.meter = meter;
        this.shape = shape;
        this.share = share;
        this.onFree = onFree;
        this.onLost = onLost;
    }

    void connection(HttpClientConnection open) {
        connection = open;
    }

    /** Begins a turn; its push counts from {@code dueNanos} on. */
    void push(long dueNanos) {
        send(LoadStep.PUSH, requests.pushBody()).onComplete((answer, failure) -> {
            if (failure == null) {
                meter.answered(LoadStep.PUSH, dueNanos);
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
        } else if (share.takeFull(shape.batch())) {
            pull();
        } else {
            onFree.accept(this);
        }
    }

    private void pull() {
        long sentNanos = System.nanoTime();
        send(LoadStep.PULL, requests.pullBody()).onComplete((answer, failure) -> {
            if (failure == null) {
                meter.answered(LoadStep.PULL, sentNanos);
                List<String> leases = LoadRequests.leases(answer);
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
        send(LoadStep.ACK, LoadRequests.ackBody(leases)).onComplete((answer, failure) -> {
            if (failure == null) {
                meter.answered(LoadStep.ACK, sentNanos);
                meter.completed(leases.size());
                onFree.accept(this);
            } else {
                failed(failure);
            }
        });
    }

    private Future<Buffer> send(LoadStep step, Buffer body) {
        return connection
                .request(requests.options(step))
                .compose(request -> request.send(body))
                .compose(LoadStream::read);
    }

    private static Future<Buffer> read(HttpClientResponse response) {
        return response.body().map(body -> {
            if (response.statusCode() != OK) {
                throw new Refusal(response.statusCode());
            }
            return body;
        });
    }

    private void failed(Throwable failure) {
        if (failure instanceof Refusal refusal) {
            meter.failed(String.valueOf(refusal.status));
            onFree.accept(this);
        } else {
            meter.failed("no answer");
            onLost.accept(this);
        }
    }

    /** An answer that is no success. */
    private static final class Refusal extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final int status;

        Refusal(int status) {
            super(null, null, false, false);
            this.status = status;
        }
    }
}
