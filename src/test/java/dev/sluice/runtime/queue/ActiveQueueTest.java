package dev.sluice.runtime.queue;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.sluice.queue.BacklogStats;
import dev.sluice.queue.ByteBudget;
import dev.sluice.queue.ConsumerSettings;
import dev.sluice.queue.ConsumerType;
import dev.sluice.queue.ContentType;
import dev.sluice.queue.Lease;
import dev.sluice.queue.Limits;
import dev.sluice.queue.MessageHeader;
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
import dev.sluice.store.memory.MemoryStore;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Timers, reads and dead-lettering of a queue, on a manual clock and a store in memory that completes at once. */
class ActiveQueueTest {
    private final Meters meters = new Meters();
    private static final dev.sluice.queue.Consumer CONSUMER = new dev.sluice.queue.Consumer(
            "c", ConsumerType.HTTP_PULL, "", "", new ConsumerSettings(10, 3, 0, 30_000, 0, 0), 0);

    /** A message has one attempt. */
    private static final dev.sluice.queue.Consumer STRICT = new dev.sluice.queue.Consumer(
            "c", ConsumerType.HTTP_PULL, "", "dead", new ConsumerSettings(10, 0, 0, 30_000, 0, 0), 0);

    private final ManualScheduler scheduler = new ManualScheduler();
    private final FaultyStore store = new FaultyStore(new MemoryStore());
    private final List<QueueRequest.ReceiveDeadLetters> sent = new ArrayList<>();
    private final MemoryBudgets budgets = MemoryBudgets.unbounded();
    private dev.sluice.queue.Consumer consumer = CONSUMER;
    private Future<Void> transferResult = Future.failedFuture(new QueueException(QueueError.OVERLOADED));
    private int delivered;

    /**
     * The head of a window that was never read gives an estimated deadline, and the timer is set for it. If a read
     * corrects the estimate first, the timer finds nothing due and must be set again.
     */
    @Test
    void leasesExpireAfterAnEstimatedDeadline() {
        ActiveQueue first = queue();
        first.start();
        scheduler.run();
        push(first, 1);
        push(first, 100);
        scheduler.pass(1_000);
        pull(first, 1, 1_000);
        scheduler.run();
        push(first, 0);
        scheduler.run();
        first.stop(0);
        scheduler.pass(5_000);

        ActiveQueue second = queue();
        second.start().onSuccess(started -> pull(second, 2, 30_000));
        scheduler.run();
        assertThat(leases()).hasSize(2);
        scheduler.pass(29_000);
        assertThat(leases()).hasSize(2);
        scheduler.pass(2_000);
        assertThat(leases()).isEmpty();
        assertThat(second.isIdleFor(1_000)).isTrue();
    }

    /**
     * More messages than memory holds: their contents are read together with the rows, and contents of new messages do
     * not take their room.
     */
    @Test
    void contentsOfALongQueueAreReadOnce() {
        ActiveQueue queue = queue();
        queue.start();
        scheduler.run();
        pushes(queue, 5_000);
        for (int i = 0; i < 100; i++) {
            pushes(queue, 100);
            pull(queue, 100, 30_000);
            scheduler.run();
        }

        assertThat(delivered).isEqualTo(10_000);
        assertThat(store.contentsRead).isZero();
    }

    @Test
    void aPullOfLargeMessagesRepeatsItsReadUntilItIsComplete() {
        ActiveQueue first = queue();
        first.start();
        scheduler.run();
        pushes(first, 150);
        scheduler.run();
        first.stop(0);
        scheduler.run();

        store.arrivalsMax = 1;
        ActiveQueue second = queue();
        second.start().onSuccess(started -> pull(second, 100, 30_000));
        scheduler.run();
        assertThat(delivered).isEqualTo(100);
        pull(second, 100, 30_000);
        scheduler.run();
        assertThat(delivered).isEqualTo(150);
    }

    @Test
    void aStopEndsWithTheLastCommitAndNeedsNoTimer() {
        ActiveQueue queue = queue();
        queue.start();
        scheduler.run();
        store.heldCommits = new ArrayList<>();
        push(queue, 0);
        scheduler.run();
        Future<Void> stopped = queue.stop(0);
        scheduler.run();
        assertThat(stopped.isComplete()).isFalse();

        store.heldCommits.forEach(Runnable::run);
        scheduler.run();
        assertThat(stopped.succeeded()).isTrue();
        assertThat(queue.stop(0).succeeded()).as("a second stop").isTrue();
        assertThat(store.load(1).toCompletableFuture().join().head().count()).isEqualTo(1);
    }

    /** Otherwise the commit would change the records after the next executor has read them. */
    @Test
    void aQueueIsLoadedAgainOnlyAfterTheCommitsOfTheFailedOneHaveEnded() {
        ActiveQueue queue = queue();
        queue.start();
        scheduler.run();
        store.heldCommits = new ArrayList<>();
        NewMessage message = new NewMessage(1, 2, ContentType.TEXT, new byte[1], 0);
        List<Object> replies = new ArrayList<>();
        ReplyHandler<Object> reply = ReplyHandler.of(replies::add, refusal -> replies.add(refusal.error()));
        queue.handle(new QueueRequest.Execute<>(new Push(List.of(message))), reply);
        scheduler.run();
        store.reopenings = 1;
        queue.handle(new QueueRequest.Execute<>(new ReadMetrics()), reply);
        scheduler.run();
        assertThat(replies).as("the push is in doubt, the other request waits").containsExactly(QueueError.UNAVAILABLE);

        store.heldCommits.forEach(Runnable::run);
        scheduler.run();
        assertThat(replies).hasSize(2);
        assertThat(((BacklogStats) replies.get(1)).backlogCount()).isEqualTo(1);
    }

    @Test
    void aRequestAfterTheStoreWasOpenedAgainIsAnsweredByTheReloadedQueue() {
        ActiveQueue queue = queue();
        queue.start();
        scheduler.run();
        pushes(queue, 3);
        store.reopenings = 1;
        List<Object> replies = new ArrayList<>();
        queue.handle(
                new QueueRequest.Execute<>(new ReadMetrics()),
                ReplyHandler.of(replies::add, refusal -> replies.add(refusal.error())));
        scheduler.run();
        assertThat(replies).hasSize(1);
        assertThat(((BacklogStats) replies.get(0)).backlogCount()).isEqualTo(3);
    }

    /**
     * The requesting origin may be outdated because its store was reopened without the lease that the transfer relies
     * on.
     */
    @Test
    void deadLettersFromAnotherGenerationOfTheStoreAreRefused() {
        List<MessageHeader> deadLetters = leasedOfAnotherQueue();
        ActiveQueue target = queue(2);
        target.start();
        scheduler.run();

        List<QueueError> refusals = new ArrayList<>();
        handle(
                target,
                new QueueRequest.ReceiveDeadLetters(1, store.generation(1) + 1, deadLetters, false),
                error -> refusals.add(error.error()));
        scheduler.run();
        assertThat(refusals).containsExactly(QueueError.UNAVAILABLE);
        assertThat(leases()).hasSize(1);

        handle(
                target,
                new QueueRequest.ReceiveDeadLetters(1, store.generation(1), deadLetters, false),
                error -> refusals.add(error.error()));
        scheduler.run();
        assertThat(refusals).hasSize(1);
        assertThat(leases()).isEmpty();
    }

    @Test
    void aDeadLetterWithoutContentIsLogged() {
        QueueRequest.ReceiveDeadLetters deadLetters =
                new QueueRequest.ReceiveDeadLetters(1, store.generation(1), leasedOfAnotherQueue(), false);
        ActiveQueue target = queue(2);
        target.start();
        scheduler.run();
        Logger log = (Logger) LoggerFactory.getLogger(QueueCommandExecutor.class);
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        log.addAppender(lines);
        try {
            store.contentMissingOf = 1;
            handle(target, deadLetters);
            scheduler.run();
            assertThat(lines.list)
                    .extracting(ILoggingEvent::getFormattedMessage)
                    .containsExactly(
                            "queue 1: the content of message 1 is missing from the store; it is not moved to the"
                                    + " dead letter queue (sluice check shows the damage)");
            assertThat(meters.messagesWithoutContent()).isEqualTo(1);

            store.contentMissingOf = 0;
            handle(target, deadLetters);
            handle(target, deadLetters);
            scheduler.run();
            assertThat(lines.list).as("one that was moved before is no damage").hasSize(1);
        } finally {
            log.detachAppender(lines);
        }
    }

    @Test
    void deadLettersWaitWhileTheTransferBudgetOfAllQueuesIsFull() {
        QueueRequest.ReceiveDeadLetters deadLetters =
                new QueueRequest.ReceiveDeadLetters(1, store.generation(1), leasedOfAnotherQueue(), false);
        ActiveQueue target = queue(2);
        target.start();
        scheduler.run();

        budgets.transfers().reserve(Long.MAX_VALUE);
        List<QueueError> refusals = new ArrayList<>();
        handle(target, deadLetters, error -> refusals.add(error.error()));
        scheduler.run();
        assertThat(refusals).containsExactly(QueueError.OVERLOADED);
        assertThat(leases()).hasSize(1);

        budgets.transfers().release(Long.MAX_VALUE);
        handle(target, deadLetters, error -> refusals.add(error.error()));
        scheduler.run();
        assertThat(leases()).isEmpty();
        assertThat(budgets.transfers().reservedBytes()).isZero();
    }

    @Test
    void largeDeadLettersAreMovedInBatchesOfOneMebibyteOrAlone() {
        consumer = STRICT;
        ActiveQueue origin = queue();
        origin.start();
        scheduler.run();
        push(origin, 0, 1_100_000);
        for (int i = 0; i < 15; i++) {
            push(origin, 0, 100_000);
        }
        pull(origin, 16, 1_000);
        scheduler.pass(1_000);
        assertThat(sent).extracting(deadLetters -> deadLetters.headers().size()).containsExactly(1);

        scheduler.pass(50);
        assertThat(sent).as("the target was overloaded").hasSize(2);
        transferResult = Future.succeededFuture();
        scheduler.pass(50);
        assertThat(sent).extracting(deadLetters -> deadLetters.headers().size()).containsExactly(1, 1, 1, 10, 5);
    }

    @Test
    void everyTypeOfRequestGetsAReply() {
        ActiveQueue queue = queue();
        queue.start();
        scheduler.run();
        ByteBudget.Reservation reservation = new ByteBudget.Reservation(ByteBudget.unbounded());
        List<QueueRequest<?>> requests = List.of(
                new QueueRequest.Execute<>(new ReadMetrics()),
                new QueueRequest.Deliver(1, 1_000, ConsumerType.HTTP_PULL, content -> 1, reservation),
                new QueueRequest.PeekContents(1, content -> 1, reservation),
                new QueueRequest.CheckDeadlines(),
                new QueueRequest.Configure(definition(1)),
                new QueueRequest.ReceiveDeadLetters(2, store.generation(1), List.of(), false),
                new QueueRequest.TakeDeadLetters(3, 1, List.of(), false));
        assertThat(requests)
                .extracting(Object::getClass)
                .as("one of each type")
                .containsExactlyInAnyOrder(QueueRequest.class.getPermittedSubclasses());
        for (QueueRequest<?> request : requests) {
            List<Object> results = new ArrayList<>();
            queue.handle(request, new ReplyHandler<>() {
                @Override
                public void succeed(Object result) {
                    results.add(result);
                }

                @Override
                public void fail(QueueException error) {
                    results.add(error);
                }
            });
            scheduler.run();
            assertThat(results).as("replies to %s", request).hasSize(1);
            assertThat(results.get(0)).isNotInstanceOf(QueueException.class);
        }
    }

    /** A message that the first queue has pushed and leased. */
    private List<MessageHeader> leasedOfAnotherQueue() {
        ActiveQueue origin = queue();
        origin.start();
        scheduler.run();
        push(origin, 0);
        pull(origin, 1, 30_000);
        scheduler.run();
        return leases().stream().map(Lease::header).toList();
    }

    private ActiveQueue queue() {
        return queue(1);
    }

    private ActiveQueue queue(long number) {
        RuntimeResources resources = new RuntimeResources(
                store,
                Limits.DOCUMENTED,
                budgets,
                RuntimeOptions.DEFAULT,
                WorkerTarget.Directory.EMPTY,
                scheduler.clock,
                meters);
        return new ActiveQueue(
                definition(number),
                resources,
                scheduler,
                new Admission(store, RuntimeOptions.DEFAULT),
                (account, name, deadLetters) -> {
                    sent.add(deadLetters);
                    return transferResult;
                });
    }

    private QueueDefinition definition(long number) {
        return new QueueDefinition(number, "a", "id" + number, "q" + number, "", QueueSettings.DEFAULT, consumer, 0, 0);
    }

    private List<Lease> leases() {
        return store.load(1).toCompletableFuture().join().leases();
    }

    private void pushes(ActiveQueue queue, int count) {
        for (int i = 0; i < count; i++) {
            push(queue, 0);
        }
        scheduler.run();
    }

    private void push(ActiveQueue queue, int delaySeconds) {
        push(queue, delaySeconds, 1);
    }

    private void push(ActiveQueue queue, int delaySeconds, int bodyBytes) {
        NewMessage message = new NewMessage(1, 2, ContentType.TEXT, new byte[bodyBytes], delaySeconds);
        handle(queue, new QueueRequest.Execute<>(new Push(List.of(message))));
    }

    private void pull(ActiveQueue queue, int messages, int leaseMillis) {
        handle(
                queue,
                new QueueRequest.Deliver(
                        messages,
                        leaseMillis,
                        ConsumerType.HTTP_PULL,
                        content -> content.body().length,
                        new ByteBudget.Reservation(ByteBudget.unbounded())));
    }

    private void handle(ActiveQueue queue, QueueRequest<?> request) {
        handle(queue, request, refusal -> {
            throw refusal;
        });
    }

    private void handle(ActiveQueue queue, QueueRequest<?> request, Consumer<QueueException> onRefusal) {
        queue.handle(request, new ReplyHandler<>() {
            @Override
            public void succeed(Object result) {
                assertThat(result).isNotNull();
                if (result instanceof QueueClient.Delivered messages) {
                    delivered += messages.deliveries().size();
                    messages.pending().sent();
                }
            }

            @Override
            public void fail(QueueException error) {
                onRefusal.accept(error);
            }
        });
    }
}
