package dev.sluice.runtime.bus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.TestTimeout;
import dev.sluice.queue.BacklogStats;
import dev.sluice.queue.QueueError;
import dev.sluice.queue.QueueException;
import dev.sluice.queue.ReadMetrics;
import dev.sluice.runtime.RunningRuntime;
import dev.sluice.runtime.delivery.PendingResponse;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class QueueCallerTest {
    private static final QueueRequest<BacklogStats> REQUEST = new QueueRequest.Execute<>(new ReadMetrics());
    private static final BacklogStats RESULT = new BacklogStats(1, 2, 3);
    private static final long SHORT_MILLIS = 20;
    private static final long LONG_MILLIS = 60_000;

    private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(2));
    private final QueueGate gate = new QueueGate(7);

    @BeforeEach
    void open() {
        vertx.eventBus().registerCodec(new ByReferenceCodec());
        gate.open();
    }

    @AfterEach
    void close() {
        RunningRuntime.get(vertx.close());
    }

    @Test
    void aResultArrivesOnTheEventLoopOfTheCallerFromAnyThread() throws Exception {
        replyWith(call -> new Thread(() -> call.succeed(RESULT)).start());
        Context caller = vertx.getOrCreateContext();
        CompletableFuture<Thread> callerThread = new CompletableFuture<>();
        CompletableFuture<Thread> resultThread = new CompletableFuture<>();
        caller.runOnContext(ignored -> {
            callerThread.complete(Thread.currentThread());
            call(LONG_MILLIS).onSuccess(result -> resultThread.complete(Thread.currentThread()));
        });
        assertThat(resultThread.get(TestTimeout.SECONDS, TimeUnit.SECONDS))
                .isSameAs(callerThread.get(TestTimeout.SECONDS, TimeUnit.SECONDS));
        assertThat(gate.inFlight()).isZero();
    }

    @Test
    void theFirstResultCountsAndTheGateIsLeftOnce() {
        replyWith(call -> {
            call.succeed(RESULT);
            call.fail(new QueueException(QueueError.INTERNAL));
        });
        assertThat(gate.enter(2)).isEqualTo(QueueGate.EntryResult.ENTERED);
        assertThat(RunningRuntime.get(call(LONG_MILLIS))).isEqualTo(RESULT);
        assertThat(gate.inFlight()).isOne();
    }

    @Test
    void aRefusalKeepsItsErrorCode() {
        replyWith(call -> call.fail(new QueueException(QueueError.OVERLOADED)));
        assertThat(RunningRuntime.refusal(call(LONG_MILLIS))).isEqualTo(QueueError.OVERLOADED);
    }

    @Test
    void aCallWithoutAResultTimesOutAndALateResultIsIgnored() {
        CompletableFuture<QueueCall<?>> forgotten = new CompletableFuture<>();
        replyWith(forgotten::complete);
        assertThat(RunningRuntime.refusal(call(SHORT_MILLIS))).isEqualTo(QueueError.UNAVAILABLE);
        assertThat(gate.inFlight()).isZero();
        forgotten.join().succeed(RESULT);
        assertThat(gate.inFlight()).isZero();
    }

    @Test
    void messagesOfALateResultAreReportedAsUnsent() {
        CompletableFuture<QueueCall<?>> forgotten = new CompletableFuture<>();
        replyWith(forgotten::complete);
        assertThat(RunningRuntime.refusal(call(SHORT_MILLIS))).isEqualTo(QueueError.UNAVAILABLE);
        CompletableFuture<Void> unsent = new CompletableFuture<>();
        PendingResponse pending = new PendingResponse() {
            @Override
            public void sent() {
                unsent.completeExceptionally(new AssertionError("reported as sent"));
            }

            @Override
            public void unsent() {
                unsent.complete(null);
            }
        };
        forgotten.join().succeed(new QueueClient.Delivered(List.of(), RESULT, 0, pending));
        assertThat(unsent).succeedsWithin(Duration.ofMinutes(1));
    }

    @Test
    void aCallToAnUnknownAddressFailsAtOnce() {
        assertThat(RunningRuntime.refusal(call(LONG_MILLIS))).isEqualTo(QueueError.UNAVAILABLE);
        assertThat(gate.inFlight()).isZero();
    }

    private void replyWith(Consumer<QueueCall<?>> replying) {
        vertx.eventBus().<QueueCall<?>>localConsumer(gate.address(), message -> replying.accept(message.body()));
    }

    private Future<BacklogStats> call(long timeoutMillis) {
        assertThat(gate.enter(2)).isEqualTo(QueueGate.EntryResult.ENTERED);
        return new QueueCaller(vertx, timeoutMillis).call(gate, REQUEST);
    }
}
