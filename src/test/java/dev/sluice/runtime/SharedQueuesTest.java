package dev.sluice.runtime;

import static dev.sluice.runtime.RunningRuntime.ACCOUNT;
import static dev.sluice.runtime.RunningRuntime.get;
import static dev.sluice.runtime.RunningRuntime.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.queue.QueueDefinition;
import dev.sluice.queue.QueueError;
import dev.sluice.queue.QueueHead;
import dev.sluice.queue.QueueSettings;
import dev.sluice.runtime.SharedStores.NodeStore;
import dev.sluice.runtime.bus.NodePeers;
import dev.sluice.runtime.bus.QueueRequest;
import dev.sluice.runtime.deadletter.DeadLetterTransport.MoveResult;
import dev.sluice.store.ShardedStore;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two runtimes that share the shards of one store. */
class SharedQueuesTest {
    private final SharedStores stores = new SharedStores();
    private final NodeStore storeA = stores.newNode();
    private final NodeStore storeB = stores.newNode();
    private ShardOwnership ownershipA;
    private ShardOwnership ownershipB;
    private RunningRuntime a;
    private RunningRuntime b;

    @BeforeEach
    void start() {
        ownershipA = new ShardOwnership(storeA, shard -> {}, shard -> {});
        ownershipB = new ShardOwnership(storeB, shard -> {}, shard -> {});
        stores.giveAll(storeA);
        a = new RunningRuntime(new QueueRuntime.ClusterParts(storeA, ownershipA, peerOf(() -> b)));
        b = new RunningRuntime(new QueueRuntime.ClusterParts(storeB, ownershipB, peerOf(() -> a)));
    }

    @AfterEach
    void stop() {
        a.close();
        b.close();
    }

    /** Requests to the other node, without HTTP. */
    private static NodePeers peerOf(Supplier<RunningRuntime> other) {
        return new NodePeers() {
            @Override
            public Future<Long> ensureQueue(String accountId, String name, String jurisdiction) {
                return other.get().runtime.ownerWork().ensureQueue(accountId, name, jurisdiction);
            }

            @Override
            public Future<MoveResult> move(long targetNumber, QueueRequest.TakeDeadLetters move) {
                return other.get().runtime.ownerWork().move(targetNumber, move);
            }

            @Override
            public Future<Void> apply(QueueDefinition queue, long catalogOffset) {
                return other.get().runtime.ownerWork().apply(queue.number(), catalogOffset);
            }
        };
    }

    private void awaitServed(ShardOwnership ownership, QueueDefinition queue) {
        await().until(() -> ownership.serves(queue.number()));
    }

    private QueueDefinition onB(QueueDefinition queue) {
        stores.give(storeA.shardOf(queue.number()), storeB);
        awaitServed(ownershipB, queue);
        return queue;
    }

    private QueueDefinition found(RunningRuntime node, QueueDefinition queue) {
        get(node.runtime.catalogFollower().catchUp());
        return node.runtime.catalog().find(ACCOUNT, queue.queueId());
    }

    private static List<String> pullBodies(RunningRuntime node, QueueDefinition queue) {
        return RunningRuntime.bodies(node.pull(queue, 30_000));
    }

    private Map<Long, QueueHead> heads(NodeStore store, QueueDefinition queue) {
        return store.heads(store.shardOf(queue.number())).toCompletableFuture().join();
    }

    @Test
    void bothNodesHaveTheSameInstallationKey() {
        assertThat(b.runtime.installationKey()).isEqualTo(a.runtime.installationKey());
    }

    @Test
    void whatOneNodeHasCreatedTheOtherFindsAfterItHasCaughtUp() {
        storeB.stopFollowing();
        QueueDefinition queue = a.create("orders");

        assertThat(b.runtime.catalog().find(ACCOUNT, queue.queueId())).isNull();
        assertThat(found(b, queue)).isEqualTo(queue);
    }

    @Test
    void aNodeThatDoesNotOwnTheCatalogRefusesChanges() {
        assertThat(refusal(b.runtime.catalogClient().createQueue(ACCOUNT, "orders", QueueSettings.DEFAULT, "")))
                .isEqualTo(QueueError.UNAVAILABLE);
    }

    @Test
    void theNextOwnerOfAShardHasItsMessagesAndTheFormerOneServesItNoMore() {
        QueueDefinition queue = a.createPulled("orders", 3, "");
        awaitServed(ownershipA, queue);
        a.push(queue, "one", "two");

        onB(queue);

        assertThat(pullBodies(b, found(b, queue))).containsExactly("one", "two");
        assertThat(ownershipA.serves(queue.number())).isFalse();
        assertThat(refusal(a.pushing(queue, "three"))).isEqualTo(QueueError.UNAVAILABLE);
    }

    @Test
    void aShardThatComesBackIsServedAgain() {
        QueueDefinition queue = a.createPulled("orders", 3, "");
        awaitServed(ownershipA, queue);
        a.push(queue, "one");
        onB(queue);
        b.push(found(b, queue), "two");

        stores.give(storeA.shardOf(queue.number()), storeA);
        awaitServed(ownershipA, queue);

        assertThat(pullBodies(a, queue)).containsExactly("one", "two");
    }

    @Test
    void settingsAreInForceAtTheOwnerWhenTheChangeIsAnswered() {
        QueueDefinition queue = a.createPulled("orders", 3, "");
        onB(queue);
        b.push(found(b, queue), "one");

        get(a.runtime
                .catalogClient()
                .updateQueue(
                        ACCOUNT,
                        queue.queueId(),
                        null,
                        current -> new QueueSettings(0, true, current.retentionSeconds())));

        QueueDefinition paused = b.runtime.catalog().find(ACCOUNT, queue.queueId());
        assertThat(paused.settings().deliveryPaused()).isTrue();
        assertThat(refusal(b.runtime.queueClient().pull(paused, 1, 0, content -> 0)))
                .isEqualTo(QueueError.DELIVERY_PAUSED);
    }

    @Test
    void aDeletedQueueHasLeftItsOwnerWhenTheDeletionIsAnswered() {
        QueueDefinition queue = a.createPulled("orders", 3, "");
        onB(queue);
        b.push(found(b, queue), "one");
        assertThat(heads(storeB, queue)).containsKey(queue.number());

        get(a.runtime.catalogClient().deleteQueue(ACCOUNT, queue.queueId()));

        assertThat(b.runtime.catalog().find(ACCOUNT, queue.queueId())).isNull();
        assertThat(heads(storeB, queue)).doesNotContainKey(queue.number());
        assertThat(refusal(b.pushing(queue, "two"))).isEqualTo(QueueError.QUEUE_UNKNOWN_TO_MESSAGES);
    }

    @Test
    void anOwnerDropsTheRecordsOfAQueueThatWasDeletedWhileTheShardHadNone() {
        QueueDefinition queue = a.create("orders");
        awaitServed(ownershipA, queue);
        a.push(queue, "one");
        NodeStore gone = stores.newNode();
        stores.give(storeA.shardOf(queue.number()), gone);
        Future<Void> deletion = a.runtime.catalogClient().deleteQueue(ACCOUNT, queue.queueId());
        await().until(() -> a.runtime.catalog().find(ACCOUNT, queue.queueId()) == null);

        onB(queue);

        get(deletion);
        await().until(() -> heads(storeB, queue).isEmpty());
    }

    @Test
    void theNextOwnerOfTheCatalogContinuesItsNumbers() {
        QueueDefinition first = a.create("first");

        stores.give(ShardedStore.CATALOG, storeB);
        QueueDefinition second = b.create("second");

        assertThat(second.number()).isGreaterThan(first.number());
        assertThat(found(a, second)).isEqualTo(second);
    }
}
