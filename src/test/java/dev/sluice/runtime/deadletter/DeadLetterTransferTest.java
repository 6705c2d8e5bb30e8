package dev.sluice.runtime.deadletter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.queue.BacklogStats;
import dev.sluice.queue.ByteBudget;
import dev.sluice.queue.Consumer;
import dev.sluice.queue.ConsumerSettings;
import dev.sluice.queue.ConsumerType;
import dev.sluice.queue.ContentType;
import dev.sluice.queue.DeadLetterOrigin;
import dev.sluice.queue.DeadLetterReason;
import dev.sluice.queue.Limits;
import dev.sluice.queue.NewMessage;
import dev.sluice.queue.Push;
import dev.sluice.queue.QueueDefinition;
import dev.sluice.queue.QueueError;
import dev.sluice.queue.QueueException;
import dev.sluice.queue.QueueSettings;
import dev.sluice.queue.ReadMetrics;
import dev.sluice.runtime.Admission;
import dev.sluice.runtime.FaultyStore;
import dev.sluice.runtime.MemoryBudgets;
import dev.sluice.runtime.RuntimeOptions;
import dev.sluice.runtime.RuntimeResources;
import dev.sluice.runtime.bus.QueueClient;
import dev.sluice.runtime.bus.QueueRequest;
import dev.sluice.runtime.bus.ReplyHandler;
import dev.sluice.runtime.delivery.WorkerTarget;
import dev.sluice.runtime.metrics.Meters;
import dev.sluice.runtime.queue.ActiveQueue;
import dev.sluice.runtime.queue.ManualScheduler;
import dev.sluice.store.StoreException;
import dev.sluice.store.StoreResults;
import dev.sluice.store.memory.MemoryStore;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A message moves from queue 1 to queue 2 once, whatever fails in between. */
class DeadLetterTransferTest {
    private static final long ORIGIN = 1;
    private static final long TARGET = 2;
    private static final int BODY_BYTES = 5;

    private final ManualScheduler scheduler = new ManualScheduler();
    private final FaultyStore store = new FaultyStore(new MemoryStore());
    private final MemoryBudgets budgets = MemoryBudgets.unbounded();
    private final List<QueueRequest.ReceiveDeadLetters> transfers = new ArrayList<>();
    private final List<Object> results = new ArrayList<>();
    /** What the origin gets to know about its transfers; null for what the target replies. */
    private Future<Void> outcome;

    private final ActiveQueue target = start(TARGET);
    private ActiveQueue origin = start(ORIGIN);

    private ActiveQueue start(long number) {
        RuntimeResources resources = new RuntimeResources(
                store,
                Limits.DOCUMENTED,
                budgets,
                RuntimeOptions.DEFAULT,
                WorkerTarget.Directory.EMPTY,
                scheduler.clock,
                new Meters());
        ActiveQueue queue = new ActiveQueue(
                definition(number), resources, scheduler, new Admission(store, RuntimeOptions.DEFAULT), this::transfer);
        assertThat(queue.start()).isNotNull();
        scheduler.run();
        return queue;
    }

    private static QueueDefinition definition(long number) {
        ConsumerSettings oneAttempt = new ConsumerSettings(10, 0, 0, 30_000, 0, 0);
        Consumer consumer = new Consumer("c", ConsumerType.HTTP_PULL, "", number == ORIGIN ? "q2" : "", oneAttempt, 0);
        return new QueueDefinition(number, "a", "id" + number, "q" + number, "", QueueSettings.DEFAULT, consumer, 0, 0);
    }

    private Future<Void> transfer(String accountId, String name, QueueRequest.ReceiveDeadLetters transfer) {
        assertThat(accountId).isEqualTo("a");
        assertThat(name).isEqualTo("q2");
        transfers.add(transfer);
        Promise<Void> received = Promise.promise();
        target.handle(
                transfer,
                ReplyHandler.of(
                        count -> {
                            results.add(count);
                            received.tryComplete();
                        },
                        refusal -> {
                            results.add(refusal.error());
                            received.tryFail(refusal);
                        }));
        return outcome == null ? received.future() : outcome;
    }

    private Object ask(ActiveQueue queue, QueueRequest<?> request) {
        List<Object> replies = new ArrayList<>();
        queue.handle(request, ReplyHandler.of(replies::add, refusal -> replies.add(refusal.error())));
        scheduler.run();
        assertThat(replies).hasSize(1);
        return replies.get(0);
    }

    private long count(ActiveQueue queue) {
        return ((BacklogStats) ask(queue, new QueueRequest.Execute<>(new ReadMetrics()))).backlogCount();
    }

    /** A message of the origin whose only attempt has failed, and whose transfer has begun. */
    private void deadLetter() {
        NewMessage message = new NewMessage(1, 2, ContentType.TEXT, new byte[BODY_BYTES], 0);
        ask(origin, new QueueRequest.Execute<>(new Push(List.of(message))));
        ((QueueClient.Delivered) ask(origin, pull())).pending().sent();
        scheduler.pass(30_000);
    }

    private static QueueRequest.Deliver pull() {
        return new QueueRequest.Deliver(
                1, 30_000, ConsumerType.HTTP_PULL, content -> 1, new ByteBudget.Reservation(ByteBudget.unbounded()));
    }

    @Test
    void aDeadLetterLeavesItsQueueWhenTheOtherOneHasItAndSaysWhereItComesFrom() {
        deadLetter();
        assertThat(count(origin)).isZero();
        assertThat(count(target)).isEqualTo(1);
        assertThat(StoreResults.get(store.load(ORIGIN)).deadLettered())
                .as("markers")
                .isEmpty();
        QueueClient.Delivered delivered = (QueueClient.Delivered) ask(target, pull());
        DeadLetterOrigin from =
                delivered.deliveries().get(0).message().content().deadLetter();
        assertThat(from.queueNumber()).isEqualTo(ORIGIN);
        assertThat(from.queueName()).isEqualTo("q1");
        assertThat(from.reason()).isEqualTo(DeadLetterReason.LEASE_EXPIRED);
        assertThat(from.attempts()).isEqualTo(1);
        assertThat(from.atMillis()).isEqualTo(scheduler.nowMillis());
    }

    @Test
    void aTransferWhoseReplyWasLostIsRepeatedAndMovesNothingTwice() {
        outcome = Future.failedFuture(new QueueException(QueueError.UNAVAILABLE));
        deadLetter();
        assertThat(count(origin)).as("still counted here").isEqualTo(1);
        assertThat(count(target)).isEqualTo(1);
        outcome = null;
        scheduler.pass(999);
        assertThat(transfers).hasSize(1);
        scheduler.pass(1);
        assertThat(transfers).hasSize(2);
        assertThat(results).containsExactly(1, 0);
        assertThat(count(origin)).isZero();
        assertThat(count(target)).isEqualTo(1);
    }

    @Test
    void aTransferThatIsRequestedAgainWhileItIsInProgressMovesItsMessagesOnce() {
        store.contentsGate = new CompletableFuture<>();
        deadLetter();
        transfer("a", "q2", transfers.get(0));
        scheduler.run();
        assertThat(results).isEmpty();
        store.contentsGate.complete(null);
        scheduler.run();
        assertThat(results).containsExactly(1, 0);
        assertThat(count(target)).isEqualTo(1);
        assertThat(budgets.transfers().reservedBytes()).isZero();
    }

    @Test
    void aTransferHoldsTheMemoryOfItsBodiesWhileItIsInProgress() {
        store.contentsGate = new CompletableFuture<>();
        deadLetter();
        assertThat(budgets.transfers().reservedBytes()).isEqualTo(BODY_BYTES);
        store.contentsGate.complete(null);
        scheduler.run();
        assertThat(budgets.transfers().reservedBytes()).isZero();
    }

    @Test
    void aTransferThatCannotBeReadIsRefusedAndRepeated() {
        store.contentsGate = CompletableFuture.failedFuture(new StoreException("the disk cannot be read"));
        deadLetter();
        assertThat(results).containsExactly(QueueError.UNAVAILABLE);
        assertThat(budgets.transfers().reservedBytes()).isZero();
        store.contentsGate = CompletableFuture.completedFuture(null);
        scheduler.pass(1_000);
        assertThat(results).containsExactly(QueueError.UNAVAILABLE, 1);
        assertThat(count(origin)).isZero();
    }

    @Test
    void aStoppedTargetRefusesTheTransfersThatWait() {
        store.contentsGate = new CompletableFuture<>();
        deadLetter();
        transfer("a", "q2", transfers.get(0));
        assertThat(target.stop(0)).isNotNull();
        scheduler.run();
        assertThat(results).containsExactly(QueueError.UNAVAILABLE);
        store.contentsGate.complete(null);
        scheduler.run();
        assertThat(results).as("the one in progress, too").containsOnly(QueueError.UNAVAILABLE);
        assertThat(StoreResults.get(store.load(ORIGIN)).leases())
                .as("still in the origin")
                .hasSize(1);
    }

    @Test
    void aQueueThatStoppedDuringATransferConfirmsItWhenItIsLoadedAgain() {
        Promise<Void> late = Promise.promise();
        outcome = late.future();
        deadLetter();
        assertThat(origin.stop(0)).isNotNull();
        scheduler.run();
        late.complete();
        scheduler.run();
        assertThat(StoreResults.get(store.load(ORIGIN)).deadLettered()).hasSize(1);

        outcome = null;
        origin = start(ORIGIN);
        assertThat(count(origin)).isZero();
        assertThat(StoreResults.get(store.load(ORIGIN)).deadLettered()).isEmpty();
        assertThat(count(target)).isEqualTo(1);
        assertThat(transfers).hasSize(1);
    }

    @Test
    void aQueueWhoseConsumerWasDeletedStillMovesItsDeadLetters() {
        outcome = Future.failedFuture(new QueueException(QueueError.OVERLOADED));
        deadLetter();
        QueueDefinition without = new QueueDefinition(ORIGIN, "a", "id1", "q1", "", QueueSettings.DEFAULT, null, 0, 0);
        ask(origin, new QueueRequest.Configure(without));
        outcome = null;
        scheduler.pass(50);
        assertThat(count(origin)).isZero();
        assertThat(count(target)).isEqualTo(1);
    }
}
