package dev.sluice.runtime;

import static dev.sluice.runtime.RunningRuntime.ACCOUNT;
import static dev.sluice.runtime.RunningRuntime.get;
import static dev.sluice.runtime.RunningRuntime.options;
import static dev.sluice.runtime.RunningRuntime.refusal;
import static dev.sluice.runtime.RunningRuntime.spec;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.queue.Consumer;
import dev.sluice.queue.ConsumerType;
import dev.sluice.queue.Limits;
import dev.sluice.queue.LimitsBuilder;
import dev.sluice.queue.QueueDefinition;
import dev.sluice.queue.QueueError;
import dev.sluice.queue.QueueSettings;
import dev.sluice.queue.Subscription;
import dev.sluice.runtime.bus.CatalogClient;
import dev.sluice.runtime.bus.CatalogClient.ConsumerSpec;
import dev.sluice.runtime.bus.CatalogClient.SubscriptionPatch;
import dev.sluice.runtime.bus.CatalogClient.SubscriptionSpec;
import dev.sluice.runtime.catalog.CatalogRecords;
import dev.sluice.store.StoreBatch;
import dev.sluice.store.StoreResults;
import dev.sluice.store.memory.MemoryStore;
import io.vertx.core.Future;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Limits for the sizes of catalog fields and for the numbers of catalog objects. */
class CatalogBoundsTest {
    private static String account(int number) {
        return String.format("%032x", number);
    }

    private static RunningRuntime running(Limits limits) {
        return new RunningRuntime(new MemoryStore(), options(60_000, 4096), limits);
    }

    private static QueueError refusalOfQueue(RunningRuntime running, String account, String name) {
        return refusal(running.runtime.catalogClient().createQueue(account, name, QueueSettings.DEFAULT, ""));
    }

    private static QueueDefinition create(RunningRuntime running, String account, String name) {
        return get(running.runtime.catalogClient().createQueue(account, name, QueueSettings.DEFAULT, ""));
    }

    @Test
    void theNumberOfQueuesPerInstallationIsLimited() {
        try (RunningRuntime running =
                running(LimitsBuilder.documented().queuesMax(3).build())) {
            QueueDefinition first = create(running, account(1), "a");
            create(running, account(1), "b");
            create(running, account(2), "a");
            assertThat(refusalOfQueue(running, account(3), "a")).isEqualTo(QueueError.QUEUE_SETTINGS_INVALID);
            assertThat(refusal(running.runtime
                            .catalogClient()
                            .createConsumer(account(1), first.queueId(), spec(3, "made-for-dead-letters"))))
                    .isEqualTo(QueueError.QUEUE_SETTINGS_INVALID);
            get(running.runtime.catalogClient().deleteQueue(account(1), first.queueId()));
            create(running, account(3), "a");
        }
    }

    @Test
    void theNumberOfAccountsIsLimitedAndAccountsWithoutQueuesDoNotCount() {
        try (RunningRuntime running =
                running(LimitsBuilder.documented().accountsMax(2).build())) {
            for (int number = 1; number <= 5; number++) {
                QueueDefinition queue = create(running, account(number), "a");
                SubscriptionSpec spec = new SubscriptionSpec("s", true, "{}", queue.queueId(), List.of("e"));
                get(running.runtime.catalogClient().createSubscription(account(number), spec));
                get(running.runtime.catalogClient().deleteQueue(account(number), queue.queueId()));
                assertThat(running.runtime.catalog().accounts()).isEmpty();
            }
            create(running, account(1), "a");
            create(running, account(2), "a");
            assertThat(refusalOfQueue(running, account(3), "a")).isEqualTo(QueueError.QUEUE_SETTINGS_INVALID);
            create(running, account(2), "b");
            assertThat(running.runtime.catalog().accounts()).containsExactly(account(1), account(2));
        }
    }

    @Test
    void theNumberOfSubscriptionsIsLimitedPerAccountAndPerInstallation() {
        try (RunningRuntime running = running(LimitsBuilder.documented()
                .subscriptionsPerAccountMax(2)
                .subscriptionsMax(3)
                .build())) {
            CatalogClient changes = running.runtime.catalogClient();
            SubscriptionSpec[] specs = new SubscriptionSpec[3];
            for (int number = 0; number < 3; number++) {
                specs[number] = new SubscriptionSpec(
                        "s", true, "{}", create(running, account(number), "a").queueId(), List.of("e"));
            }
            Subscription first = get(changes.createSubscription(account(0), specs[0]));
            get(changes.createSubscription(account(0), specs[0]));
            assertThat(refusal(changes.createSubscription(account(0), specs[0])))
                    .isEqualTo(QueueError.REQUEST_INVALID);
            get(changes.createSubscription(account(1), specs[1]));
            assertThat(refusal(changes.createSubscription(account(2), specs[2])))
                    .isEqualTo(QueueError.REQUEST_INVALID);
            get(changes.updateSubscription(account(0), first.id(), patch(specs[0])));
            assertThat(refusal(changes.createSubscription(account(2), specs[2])))
                    .as("a change is no further one")
                    .isEqualTo(QueueError.REQUEST_INVALID);
            get(changes.deleteSubscription(account(0), first.id()));
            get(changes.createSubscription(account(2), specs[2]));
        }
    }

    private static SubscriptionPatch patch(SubscriptionSpec spec) {
        return new SubscriptionPatch(
                Optional.of(spec.name()),
                Optional.of(spec.enabled()),
                Optional.of(spec.queueId()),
                Optional.of(spec.events()));
    }

    @Test
    void theFieldsOfASubscriptionAreLimited() {
        try (RunningRuntime running = running(Limits.DOCUMENTED)) {
            CatalogClient changes = running.runtime.catalogClient();
            String queue = running.create("a").queueId();
            String name = "\u4e2d".repeat(Subscription.NAME_LENGTH_MAX);
            String source = "{\"type\":\"" + "x".repeat(Subscription.SOURCE_BYTES_MAX - 11) + "\"}";
            List<String> events =
                    Collections.nCopies(Subscription.EVENTS_MAX, "\u4e2d".repeat(Subscription.EVENT_LENGTH_MAX));
            SubscriptionSpec largest = new SubscriptionSpec(name, true, source, queue, events);
            String id = get(changes.createSubscription(ACCOUNT, largest)).id();
            List<SubscriptionSpec> tooLarge = List.of(
                    new SubscriptionSpec(name + "x", true, source, queue, events),
                    new SubscriptionSpec(name, true, source.replace("x\"", "\u4e2d\""), queue, events),
                    new SubscriptionSpec(
                            name, true, source, queue, Collections.nCopies(Subscription.EVENTS_MAX + 1, "e")),
                    new SubscriptionSpec(
                            name, true, source, queue, List.of("x".repeat(Subscription.EVENT_LENGTH_MAX + 1))));
            for (SubscriptionSpec spec : tooLarge) {
                assertThat(refusal(changes.createSubscription(ACCOUNT, spec))).isEqualTo(QueueError.REQUEST_INVALID);
            }
            for (int field : new int[] {0, 2, 3}) {
                assertThat(refusal(changes.updateSubscription(ACCOUNT, id, patch(tooLarge.get(field)))))
                        .isEqualTo(QueueError.REQUEST_INVALID);
            }
        }
    }

    @Test
    void largerFieldsOfAnEarlierVersionAreReadAndCanBeChangedAndDeleted() {
        MemoryStore store = new MemoryStore();
        Subscription before = new Subscription(
                account(9),
                ACCOUNT,
                "x".repeat(1_000),
                true,
                "{\"type\":\"" + "x".repeat(100_000) + "\"}",
                account(8),
                Collections.nCopies(100, "e"),
                1,
                1);
        StoreBatch batch = store.newBatch(0);
        batch.putCatalog(CatalogRecords.key(before), CatalogRecords.value(before));
        get(Future.fromCompletionStage(StoreResults.commitAsync(store, batch)));
        try (RunningRuntime running = new RunningRuntime(store)) {
            CatalogClient changes = running.runtime.catalogClient();
            assertThat(running.runtime.catalog().listSubscriptions(ACCOUNT)).containsExactly(before);
            SubscriptionPatch change =
                    new SubscriptionPatch(Optional.of("short"), Optional.empty(), Optional.empty(), Optional.empty());
            assertThat(get(changes.updateSubscription(ACCOUNT, before.id(), change))
                            .name())
                    .isEqualTo("short");
            get(changes.deleteSubscription(ACCOUNT, before.id()));
            assertThat(running.runtime.catalog().accounts()).isEmpty();
        }
    }

    @Test
    void theLengthOfAScriptNameIsLimited() {
        try (RunningRuntime running = running(Limits.DOCUMENTED)) {
            CatalogClient changes = running.runtime.catalogClient();
            String queue = running.create("a").queueId();
            String longest = "x".repeat(Consumer.SCRIPT_NAME_LENGTH_MAX);
            ConsumerSpec tooLong = new ConsumerSpec(
                    ConsumerType.WORKER, longest + "x", "", spec(3, "").settings());
            assertThat(refusal(changes.createConsumer(ACCOUNT, queue, tooLong)))
                    .isEqualTo(QueueError.CONSUMER_SETTINGS_INVALID);
            Consumer made = get(changes.createConsumer(
                    ACCOUNT, queue, new ConsumerSpec(ConsumerType.WORKER, longest, "", tooLong.settings())));
            assertThat(refusal(changes.replaceConsumer(ACCOUNT, queue, made.consumerId(), tooLong)))
                    .isEqualTo(QueueError.CONSUMER_SETTINGS_INVALID);
        }
    }

    @Test
    void aQueueCannotBeRenamedToItsOwnDeadLetterQueue() {
        try (RunningRuntime running = running(Limits.DOCUMENTED)) {
            CatalogClient changes = running.runtime.catalogClient();
            QueueDefinition queue = running.createPulled("jobs", 0, "dead");
            get(changes.deleteQueue(ACCOUNT, running.find("dead").queueId()));
            assertThat(refusal(changes.updateQueue(ACCOUNT, queue.queueId(), "dead", settings -> settings)))
                    .isEqualTo(QueueError.CONSUMER_SETTINGS_INVALID);
        }
    }
}
