package dev.sluice.runtime.catalog;

import static dev.sluice.runtime.RunningRuntime.ACCOUNT;
import static dev.sluice.runtime.RunningRuntime.bodies;
import static dev.sluice.runtime.RunningRuntime.get;
import static dev.sluice.runtime.RunningRuntime.options;
import static dev.sluice.runtime.RunningRuntime.refusal;
import static dev.sluice.runtime.RunningRuntime.spec;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.queue.Consumer;
import dev.sluice.queue.ConsumerType;
import dev.sluice.queue.LimitsBuilder;
import dev.sluice.queue.QueueDefinition;
import dev.sluice.queue.QueueError;
import dev.sluice.queue.QueueSettings;
import dev.sluice.queue.Subscription;
import dev.sluice.runtime.FaultyStore;
import dev.sluice.runtime.RunningRuntime;
import dev.sluice.runtime.bus.CatalogClient;
import dev.sluice.runtime.bus.CatalogClient.ConsumerSpec;
import dev.sluice.runtime.bus.CatalogClient.SubscriptionSpec;
import dev.sluice.runtime.bus.QueueClient;
import dev.sluice.store.memory.MemoryStore;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Changes of queues, consumers and subscriptions. They are in force when the reply arrives. */
class CatalogChangesTest {
    private final FaultyStore store = new FaultyStore(new MemoryStore());
    private final RunningRuntime running = new RunningRuntime(store);
    private final CatalogClient changes = running.runtime.catalogClient();

    @AfterEach
    void close() {
        running.close();
    }

    @Test
    void aQueueNameIsUniquePerAccount() {
        QueueDefinition queue = running.create("jobs");
        assertThat(refusal(changes.createQueue(ACCOUNT, "jobs", QueueSettings.DEFAULT, "")))
                .isEqualTo(QueueError.QUEUE_NAME_TAKEN);
        assertThat(get(changes.createQueue("b".repeat(32), "jobs", QueueSettings.DEFAULT, ""))
                        .number())
                .isNotEqualTo(queue.number());
        assertThat(refusal(changes.createQueue(ACCOUNT, "no good", QueueSettings.DEFAULT, "")))
                .isEqualTo(QueueError.QUEUE_NAME_INVALID);
        assertThat(refusal(changes.createQueue(ACCOUNT, "short", new QueueSettings(0, false, 59), "")))
                .isEqualTo(QueueError.QUEUE_SETTINGS_INVALID);
        assertThat(running.runtime.catalog().list(ACCOUNT)).containsExactly(queue);
    }

    @Test
    void consumersReferenceARenamedDeadLetterQueueByItsNewName() {
        QueueDefinition queue = running.createPulled("jobs", 0, "dead");
        QueueDefinition dead = running.find("dead");
        get(changes.updateQueue(ACCOUNT, dead.queueId(), "morgue", settings -> settings));
        assertThat(running.find("dead")).isNull();
        assertThat(running.find("morgue").number()).isEqualTo(dead.number());
        assertThat(running.find("jobs").consumer().deadLetterQueue()).isEqualTo("morgue");
        assertThat(refusal(changes.updateQueue(ACCOUNT, queue.queueId(), "morgue", settings -> settings)))
                .isEqualTo(QueueError.QUEUE_NAME_TAKEN);
    }

    @Test
    void settingsAreInForceWhenTheReplyArrives() {
        QueueDefinition queue = running.createPulled("jobs", 3, "");
        running.push(queue, "a");
        get(changes.updateQueue(ACCOUNT, queue.queueId(), null, before -> new QueueSettings(0, true, 60)));
        assertThat(refusal(running.pulling(queue, 1, 1_000))).isEqualTo(QueueError.DELIVERY_PAUSED);
        get(changes.updateQueue(ACCOUNT, queue.queueId(), null, before -> new QueueSettings(0, false, 60)));
        assertThat(bodies(running.pull(queue, 1_000))).containsExactly("a");
    }

    @Test
    void anUpdateWithoutAChangeKeepsTheTimeOfTheLastChange() {
        QueueDefinition queue = running.create("jobs");
        assertThat(get(changes.updateQueue(ACCOUNT, queue.queueId(), "jobs", before -> before)))
                .isEqualTo(queue);
    }

    @Test
    void deletingAQueueDeletesItsSubscriptionsAndMessages() {
        QueueDefinition queue = running.createPulled("jobs", 3, "");
        QueueDefinition other = running.create("other");
        running.push(queue, "a");
        SubscriptionSpec spec = new SubscriptionSpec("s", true, "{}", queue.queueId(), List.of("e"));
        get(changes.createSubscription(ACCOUNT, spec));
        Subscription kept = get(changes.createSubscription(
                ACCOUNT, new SubscriptionSpec("t", true, "{}", other.queueId(), List.of("e"))));
        get(changes.deleteQueue(ACCOUNT, queue.queueId()));
        assertThat(running.runtime.catalog().listSubscriptions(ACCOUNT)).containsExactly(kept);
        assertThat(refusal(running.pushing(queue, "b"))).isEqualTo(QueueError.QUEUE_UNKNOWN_TO_MESSAGES);
        assertThat(refusal(changes.deleteQueue(ACCOUNT, queue.queueId()))).isEqualTo(QueueError.QUEUE_UNKNOWN);
        assertThat(running.backlog(running.create("jobs"))).isZero();
    }

    @Test
    void aQueueWhoseDeletionFailedStillExists() {
        QueueDefinition queue = running.createPulled("jobs", 3, "");
        running.push(queue, "a");
        store.refusing = true;
        assertThat(refusal(changes.deleteQueue(ACCOUNT, queue.queueId()))).isEqualTo(QueueError.UNAVAILABLE);
        store.refusing = false;
        assertThat(bodies(running.pull(queue, 1_000))).containsExactly("a");
    }

    @Test
    void aRefusedChangeThatWasStoredBecomesVisible() {
        QueueDefinition dropped = running.createPulled("dropped", 3, "");
        QueueDefinition changed = running.createPulled("changed", 3, "");
        running.push(dropped, "a");
        running.push(changed, "b");
        store.denying = true;
        assertThat(refusal(changes.deleteQueue(ACCOUNT, dropped.queueId()))).isEqualTo(QueueError.UNAVAILABLE);
        assertThat(refusal(changes.createQueue(ACCOUNT, "made", QueueSettings.DEFAULT, "")))
                .isEqualTo(QueueError.UNAVAILABLE);
        assertThat(refusal(changes.updateQueue(
                        ACCOUNT, changed.queueId(), null, before -> new QueueSettings(0, true, 60))))
                .isEqualTo(QueueError.UNAVAILABLE);
        store.denying = false;

        assertThat(running.find("dropped")).isNull();
        assertThat(refusal(running.pushing(dropped, "lost"))).isEqualTo(QueueError.QUEUE_UNKNOWN_TO_MESSAGES);
        assertThat(refusal(changes.createQueue(ACCOUNT, "made", QueueSettings.DEFAULT, "")))
                .isEqualTo(QueueError.QUEUE_NAME_TAKEN);
        assertThat(running.create("more").number())
                .isGreaterThan(running.find("made").number());
        assertThat(refusal(running.pulling(changed, 1, 1_000))).isEqualTo(QueueError.DELIVERY_PAUSED);
    }

    @Test
    void aQueueHasAtMostOneConsumer() {
        QueueDefinition queue = running.create("jobs");
        running.consume(queue, 3, "");
        assertThat(refusal(changes.createConsumer(ACCOUNT, queue.queueId(), spec(3, ""))))
                .isEqualTo(QueueError.CONSUMER_EXISTS);
        assertThat(refusal(changes.replaceConsumer(ACCOUNT, queue.queueId(), "f".repeat(32), spec(3, ""))))
                .isEqualTo(QueueError.RESOURCE_UNKNOWN);
        assertThat(refusal(changes.deleteConsumer(ACCOUNT, queue.queueId(), "f".repeat(32))))
                .isEqualTo(QueueError.RESOURCE_UNKNOWN);
    }

    @Test
    void aReplacedConsumerKeepsItsIdAndTakesSettings() {
        QueueDefinition queue = running.create("jobs");
        Consumer before = running.consume(queue, 3, "");
        ConsumerSpec spec = spec(7, "dead");
        Consumer after = get(changes.replaceConsumer(ACCOUNT, queue.queueId(), before.consumerId(), spec));
        assertThat(after.consumerId()).isEqualTo(before.consumerId());
        assertThat(after.type()).isEqualTo(ConsumerType.HTTP_PULL);
        assertThat(after.createdMicros()).isEqualTo(before.createdMicros());
        assertThat(after.settings().maxRetries()).isEqualTo(7);
        assertThat(running.find("dead")).isNotNull();
    }

    @Test
    void replacingOnAQueueWithoutConsumerCreatesOne() {
        QueueDefinition queue = running.create("jobs");
        Consumer made = get(changes.replaceConsumer(ACCOUNT, queue.queueId(), "f".repeat(32), spec(3, "")));
        assertThat(running.find("jobs").consumer()).isEqualTo(made);
    }

    @Test
    void aQueueCannotBeItsOwnDeadLetterQueue() {
        QueueDefinition queue = running.create("jobs");
        assertThat(refusal(changes.createConsumer(ACCOUNT, queue.queueId(), spec(3, "jobs"))))
                .isEqualTo(QueueError.CONSUMER_SETTINGS_INVALID);
    }

    @Test
    void aDeadLetterQueueIsOfTheJurisdictionOfItsOrigins() {
        QueueDefinition european = get(changes.createQueue(ACCOUNT, "jobs", QueueSettings.DEFAULT, "eu"));
        get(changes.createQueue(ACCOUNT, "anywhere", QueueSettings.DEFAULT, ""));
        QueueDefinition american = get(changes.createQueue(ACCOUNT, "american", QueueSettings.DEFAULT, "us"));
        assertThat(refusal(changes.createConsumer(ACCOUNT, european.queueId(), spec(3, "anywhere"))))
                .isEqualTo(QueueError.CONSUMER_SETTINGS_INVALID);
        assertThat(refusal(changes.createConsumer(ACCOUNT, european.queueId(), spec(3, "american"))))
                .isEqualTo(QueueError.CONSUMER_SETTINGS_INVALID);

        running.consume(european, 3, "dead");
        assertThat(running.find("dead").jurisdiction()).isEqualTo("eu");
        assertThat(refusal(changes.createConsumer(ACCOUNT, american.queueId(), spec(3, "dead"))))
                .isEqualTo(QueueError.CONSUMER_SETTINGS_INVALID);

        get(changes.deleteQueue(ACCOUNT, running.find("dead").queueId()));
        assertThat(refusal(changes.createQueue(ACCOUNT, "dead", QueueSettings.DEFAULT, "")))
                .isEqualTo(QueueError.QUEUE_SETTINGS_INVALID);
        assertThat(refusal(changes.updateQueue(ACCOUNT, american.queueId(), "dead", before -> before)))
                .isEqualTo(QueueError.QUEUE_SETTINGS_INVALID);
        assertThat(refusal(changes.createConsumer(ACCOUNT, american.queueId(), spec(3, "dead"))))
                .isEqualTo(QueueError.QUEUE_SETTINGS_INVALID);
        assertThat(get(changes.createQueue(ACCOUNT, "dead", QueueSettings.DEFAULT, "eu")))
                .isNotNull();
    }

    @Test
    void aDeadLetterQueueThatADeadLetterCreatesIsOfTheJurisdictionOfItsOrigin() {
        QueueDefinition queue = get(changes.createQueue(ACCOUNT, "jobs", QueueSettings.DEFAULT, "eu"));
        running.consume(queue, 0, "dead");
        get(changes.deleteQueue(ACCOUNT, running.find("dead").queueId()));
        running.push(queue, "a");
        running.pull(queue, 1);
        await().until(() -> running.find("dead") != null);
        assertThat(running.find("dead").jurisdiction()).isEqualTo("eu");
    }

    @Test
    void leasesOutliveTheirConsumer() {
        QueueDefinition queue = running.createPulled("jobs", 3, "");
        running.push(queue, "a");
        List<QueueClient.Delivery> leased = running.pull(queue, 600_000);
        get(changes.deleteConsumer(ACCOUNT, queue.queueId(), queue.consumer().consumerId()));
        assertThat(refusal(running.pulling(queue, 1, 1))).isEqualTo(QueueError.PULL_NOT_ENABLED);
        running.ack(queue, leased);
        assertThat(running.backlog(queue)).isZero();
    }

    @Test
    void theNumberOfQueuesPerAccountIsLimited() {
        try (RunningRuntime small = new RunningRuntime(
                new MemoryStore(),
                options(60_000, 4096),
                LimitsBuilder.documented().queuesPerAccountMax(2).build())) {
            small.create("a");
            small.create("b");
            assertThat(refusal(small.runtime.catalogClient().createQueue(ACCOUNT, "c", QueueSettings.DEFAULT, "")))
                    .isEqualTo(QueueError.QUEUE_SETTINGS_INVALID);
        }
    }
}
