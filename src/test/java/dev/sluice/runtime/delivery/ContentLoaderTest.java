package dev.sluice.runtime.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.queue.ByteBudget;
import dev.sluice.queue.ConsumerSettings;
import dev.sluice.queue.ConsumerType;
import dev.sluice.queue.Content;
import dev.sluice.queue.ContentType;
import dev.sluice.queue.Lease;
import dev.sluice.queue.Limits;
import dev.sluice.queue.NewMessage;
import dev.sluice.queue.PurgeRefs;
import dev.sluice.queue.Push;
import dev.sluice.queue.QueueCommand;
import dev.sluice.queue.QueueDefinition;
import dev.sluice.queue.QueueError;
import dev.sluice.queue.QueueException;
import dev.sluice.queue.QueueSettings;
import dev.sluice.runtime.Admission;
import dev.sluice.runtime.FaultyStore;
import dev.sluice.runtime.MemoryBudgets;
import dev.sluice.runtime.RuntimeOptions;
import dev.sluice.runtime.RuntimeResources;
import dev.sluice.runtime.bus.QueueClient;
import dev.sluice.runtime.bus.QueueRequest;
import dev.sluice.runtime.bus.ReplyHandler;
import dev.sluice.runtime.metrics.Meters;
import dev.sluice.runtime.queue.ActiveQueue;
import dev.sluice.runtime.queue.ManualScheduler;
import dev.sluice.store.memory.MemoryStore;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * An attempt counts only for a message in a response that was sent. The size of a message in a response is the size of
 * its body.
 */
class ContentLoaderTest {
    private static final int MIB = 1 << 20;
    private static final long HOUR = 3_600_000;
    /** Each message has one attempt. */
    private static final dev.sluice.queue.Consumer CONSUMER = new dev.sluice.queue.Consumer(
            "c", ConsumerType.HTTP_PULL, "", "", new ConsumerSettings(10, 0, 0, 30_000, 0, 0), 0);

    private final ManualScheduler scheduler = new ManualScheduler();
    private final FaultyStore store = new FaultyStore(new MemoryStore());
    private final ByteBudget budget = ByteBudget.unbounded();
    private final List<QueueClient.Delivered> responses = new ArrayList<>();
    private ActiveQueue queue;

    @BeforeEach
    void open() {
        open(ByteBudget.unbounded());
    }

    @Test
    void noMessageIsLeasedBeforeItsContentIsLoaded() {
        withoutCache();
        push("a", "b");
        store.contentsGate = new CompletableFuture<>();
        pull(10, 1_000);
        scheduler.pass(5_000);
        assertThat(leases()).isEmpty();

        store.contentsGate.complete(null);
        scheduler.run();
        assertThat(leases())
                .extracting(Lease::expiresAtMillis)
                .as("the lease starts with the response")
                .containsOnly(scheduler.nowMillis() + 1_000);
        assertThat(shown(0)).containsExactly("a#1", "b#1");
    }

    @Test
    void messagesRemovedDuringAReadAreMissingFromTheResponseAndOthersAreNot() {
        withoutCache();
        push("a", "b", "c");
        store.contentsGate = new CompletableFuture<>();
        pull(10, 1_000);
        handle(new PurgeRefs(List.of(1L, 3L)));
        store.contentsGate.complete(null);
        scheduler.run();
        assertThat(shown(0)).containsExactly("b#1");
    }

    @Test
    void concurrentPullsGetDifferentMessagesInOrderEvenIfTheSecondIsReadFirst() {
        withoutCache();
        push("a", "b", "c", "d");
        CompletableFuture<Void> first = new CompletableFuture<>();
        store.contentsGate = first;
        pull(2, 1_000);
        store.contentsGate = CompletableFuture.completedFuture(null);
        pull(1, 1_000);
        pull(5, 1_000);
        pull(5, 1_000);
        assertThat(responses).isEmpty();

        first.complete(null);
        scheduler.run();
        assertThat(responses).hasSize(4);
        assertThat(shown(0)).containsExactly("a#1", "b#1");
        assertThat(shown(1)).containsExactly("c#1");
        assertThat(shown(2)).containsExactly("d#1");
        assertThat(shown(3)).as("there was nothing left").isEmpty();
    }

    @Test
    void messagesThatAPullCouldNotReadGoToTheNextWaitingPull() {
        withoutCache();
        push("a", "b");
        store.contentsGate = new CompletableFuture<>();
        List<QueueException> refusals = new ArrayList<>();
        handle(deliver(10, 1_000), refusals);
        CompletableFuture<Void> failing = store.contentsGate;
        store.contentsGate = CompletableFuture.completedFuture(null);
        pull(10, 1_000);
        failing.completeExceptionally(new IllegalStateException("the disk cannot be read"));
        scheduler.run();
        assertThat(refusals).hasSize(1);
        assertThat(shown(0)).containsExactly("a#1", "b#1");
    }

    @Test
    void aResponseEndsWithTheLastMessageThatFitsAndALargerMessageIsReturnedAlone() {
        pushLarge(5 * MIB, MIB, MIB, MIB, MIB, MIB);
        pull(10, 1_000);
        pull(10, 1_000);
        pull(10, 1_000);
        assertThat(responses).extracting(QueueClient.Delivered::bytes).containsExactly(5 * MIB, 4 * MIB, MIB);
        assertThat(budget.reservedBytes()).as("bodies and responses").isEqualTo(2 * 10L * MIB);
        responses.get(0).pending().sent();
        responses.get(1).pending().unsent();
        responses.get(2).pending().sent();
        assertThat(budget.reservedBytes()).isZero();
    }

    @Test
    void aPeekHasTheSizeLimitOfAPull() {
        pushLarge(MIB, MIB, MIB, MIB, MIB, MIB);
        List<QueueClient.Shown> shown = new ArrayList<>();
        queue.handle(
                new QueueRequest.PeekContents(
                        10, content -> 2 * content.body().length, new ByteBudget.Reservation(budget)),
                reply(response -> shown.add((QueueClient.Shown) response), new ArrayList<>()));
        scheduler.run();
        assertThat(shown.get(0).messages()).hasSize(2);
        assertThat(budget.reservedBytes()).isEqualTo(2 * MIB + 4 * MIB);
        shown.get(0).pending().sent();
        assertThat(budget.reservedBytes()).isZero();
    }

    @Test
    void messagesOfAnUnsentResponseReturnToTheirPosition() {
        push("a", "b");
        pull(1, 1_000);
        responses.get(0).pending().unsent();
        scheduler.run();
        assertThat(leases()).isEmpty();
        pull(10, 1_000);
        assertThat(shown(1)).containsExactly("a#1", "b#1");
    }

    @Test
    void aLastAttemptDoesNotExpireWhileItsResponseIsPending() {
        push("a");
        pull(1, 1);
        scheduler.pass(5_000);
        assertThat(leases()).hasSize(1);
        responses.get(0).pending().unsent();
        scheduler.pass(10);
        assertThat(leases()).isEmpty();

        pull(1, 1);
        assertThat(shown(1)).containsExactly("a#1");
        responses.get(1).pending().sent();
        scheduler.pass(10);
        assertThat(backlog()).as("it was the last attempt").isZero();
    }

    @Test
    void aResponseWithoutAReportDoesNotKeepItsMessagesForEver() {
        push("a");
        pull(1, 1);
        scheduler.pass(599_000);
        assertThat(backlog()).isOne();
        scheduler.pass(2_000);
        assertThat(backlog()).isZero();
    }

    @Test
    void aSuspensionOrAStoppedProcessDoesNotExpireALastAttemptWithAPendingResponse() {
        push("a");
        pull(1, 1);
        scheduler.clocks.suspend(3 * HOUR);
        scheduler.pass(20_000);
        scheduler.clocks.pass(3 * HOUR);
        scheduler.pass(20_000);
        responses.get(0).pending().unsent();
        scheduler.pass(10);
        pull(1, 1);
        assertThat(shown(1)).containsExactly("a#1");
    }

    @Test
    void onlyRunningTimeCountsForAResponseWithoutAReport() {
        push("a");
        pull(1, 1);
        scheduler.pass(500_000);
        scheduler.clocks.suspend(3 * HOUR);
        scheduler.pass(98_000);
        assertThat(backlog()).isOne();
        scheduler.pass(3_000);
        assertThat(backlog()).isZero();
    }

    @Test
    void aQueueIsNotPassivatedWhileAResponseIsPending() {
        push("a");
        pull(1, 40_000_000);
        scheduler.pass(100_000);
        assertThat(queue.isIdleFor(60_000)).isFalse();
        responses.get(0).pending().sent();
        scheduler.pass(2_000);
        assertThat(queue.isIdleFor(60_000)).isTrue();
    }

    @Test
    void leasesOfAResponseThatFailedWithTheStoreAreReleasedWhenTheQueueIsLoadedAgain() {
        push("a", "b");
        store.denying = true;
        List<QueueException> refusals = new ArrayList<>();
        handle(deliver(10, 1), refusals);
        scheduler.run();
        assertThat(refusals).hasSize(1);
        assertThat(leases()).as("it was stored all the same").hasSize(2);

        store.denying = false;
        scheduler.pass(5_000);
        assertThat(leases()).isEmpty();
        pull(10, 1_000);
        assertThat(shown(0)).containsExactly("a#1", "b#1");
    }

    @Test
    void aPullFailsWithoutLeasesIfTheSizeOfItsResponseCannotBeComputed() {
        withoutCache();
        push("a");
        store.contentsGate = new CompletableFuture<>();
        List<QueueException> refusals = new ArrayList<>();
        handle(
                new QueueRequest.Deliver(
                        10,
                        1_000,
                        ConsumerType.HTTP_PULL,
                        content -> {
                            throw new IllegalStateException("no size");
                        },
                        new ByteBudget.Reservation(budget)),
                refusals);
        pull(10, 1_000);
        store.contentsGate.complete(null);
        scheduler.run();
        assertThat(refusals).extracting(QueueException::error).containsExactly(QueueError.INTERNAL);
        assertThat(shown(0)).containsExactly("a#1");
    }

    @Test
    void aPeekFailsIfTheSizeOfItsResponseCannotBeComputed() {
        withoutCache();
        push("a");
        List<QueueException> refusals = new ArrayList<>();
        handle(
                new QueueRequest.PeekContents(
                        10,
                        content -> {
                            throw new IllegalStateException("no size");
                        },
                        new ByteBudget.Reservation(budget)),
                refusals);
        scheduler.run();
        assertThat(refusals).extracting(QueueException::error).containsExactly(QueueError.INTERNAL);
    }

    @Test
    void aMessageWithoutContentDoesNotBlockOthersAndIsNotLost() {
        withoutCache();
        handle(new Push(List.of(new NewMessage(1, 2, ContentType.TEXT, new byte[1], 1))));
        scheduler.pass(1_000);
        push("b", "c");
        store.contentMissingOf = 1;
        pull(1, 1_000);
        pull(1, 1_000);
        assertThat(shown(0)).containsExactly("b#1");
        assertThat(shown(1)).containsExactly("c#1");
        assertThat(leases()).hasSize(2);
        assertThat(backlog()).isEqualTo(3);

        store.contentMissingOf = 0;
        withoutCache();
        pull(1, 1_000);
        assertThat(responses.get(2).deliveries().get(0).delivery()).isEqualTo(1);
    }

    private void withoutCache() {
        open(new ByteBudget(0));
    }

    private void open(ByteBudget windows) {
        QueueDefinition definition =
                new QueueDefinition(1, "a", "id1", "q1", "", QueueSettings.DEFAULT, CONSUMER, 0, 0);
        RuntimeResources resources = new RuntimeResources(
                store,
                Limits.DOCUMENTED,
                new MemoryBudgets(windows, budget, budget, budget),
                RuntimeOptions.DEFAULT,
                WorkerTarget.Directory.EMPTY,
                scheduler.clock,
                new Meters());
        queue = new ActiveQueue(
                definition,
                resources,
                scheduler,
                new Admission(store, RuntimeOptions.DEFAULT),
                (account, name, deadLetters) -> Future.failedFuture("no such queue"));
        queue.start();
        scheduler.run();
    }

    private void push(String... bodies) {
        for (String body : bodies) {
            handle(new Push(List.of(new NewMessage(1, 2, ContentType.TEXT, body.getBytes(StandardCharsets.UTF_8), 0))));
        }
    }

    private void pushLarge(int... bytes) {
        for (int size : bytes) {
            handle(new Push(List.of(new NewMessage(1, 2, ContentType.TEXT, new byte[size], 0))));
        }
    }

    private QueueRequest.Deliver deliver(int messages, int leaseMillis) {
        return new QueueRequest.Deliver(
                messages,
                leaseMillis,
                ConsumerType.HTTP_PULL,
                ContentLoaderTest::bytesOf,
                new ByteBudget.Reservation(budget));
    }

    private static int bytesOf(Content content) {
        return content.body().length;
    }

    private void pull(int messages, int leaseMillis) {
        handle(deliver(messages, leaseMillis), new ArrayList<>());
        scheduler.run();
    }

    private void handle(QueueCommand<?> command) {
        List<QueueException> refusals = new ArrayList<>();
        handle(new QueueRequest.Execute<>(command), refusals);
        scheduler.run();
        assertThat(refusals).isEmpty();
    }

    private void handle(QueueRequest<?> request, List<QueueException> refusals) {
        queue.handle(
                request,
                reply(
                        response -> {
                            if (response instanceof QueueClient.Delivered delivered) {
                                responses.add(delivered);
                            }
                        },
                        refusals));
    }

    private static ReplyHandler<Object> reply(
            java.util.function.Consumer<Object> onResult, List<QueueException> refusals) {
        return new ReplyHandler<>() {
            @Override
            public void succeed(Object response) {
                onResult.accept(response);
            }

            @Override
            public void fail(QueueException error) {
                refusals.add(error);
            }
        };
    }

    private List<String> shown(int response) {
        return responses.get(response).deliveries().stream()
                .map(delivery ->
                        new String(Arrays.copyOf(delivery.message().content().body(), 1), StandardCharsets.UTF_8) + "#"
                                + delivery.delivery())
                .toList();
    }

    private List<Lease> leases() {
        return store.load(1).toCompletableFuture().join().leases();
    }

    private long backlog() {
        return store.load(1).toCompletableFuture().join().head().count();
    }
}
