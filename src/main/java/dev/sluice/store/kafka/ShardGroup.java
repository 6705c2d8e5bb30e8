package dev.sluice.store.kafka;

import dev.sluice.store.ShardPlanner;
import dev.sluice.store.StoreException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node as a member of the group of nodes that share the shards: a consumer group of Kafka, which finds out when a
 * member is gone and has the {@link ShardPlanner} of one member make a new plan. The consumer reads nothing.
 *
 * <p>One thread, on which the listener is called. It ends when this is closed, or when another node has the same name.
 */
public final class ShardGroup implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ShardGroup.class);

    /** Without heartbeats for this long, a member is excluded. The least that brokers allow without settings. */
    static final int SESSION_MILLIS = 6_000;

    private static final int HEARTBEAT_MILLIS = 1_500;
    private static final Duration POLL = Duration.ofMillis(100);
    /** Until the next plan, if shards are to be moved. */
    private static final long NEXT_PLAN_NANOS = TimeUnit.SECONDS.toNanos(3);

    private static final Duration LEAVE_MAX = Duration.ofSeconds(3);
    private static final long PAUSE_MILLIS = 500;

    /**
     * What the members say about this node.
     *
     * @param zone where its machine is; empty if that is not configured
     * @param address of its internal port
     */
    public record NodeAddress(String node, String zone, String address) {}

    private final ShardTopics topics;
    private final ShardGroupListener listener;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Thread thread;
    private final CompletableFuture<Void> joined = new CompletableFuture<>();
    private volatile boolean closing;
    private volatile boolean planWanted;
    private volatile @Nullable String failure = "this node is not a member of the group of nodes yet";
    /** Set by the assignor, in the thread of the group. */
    private GroupData.@Nullable PlanData plan;

    private long nextPlanNanos = Long.MAX_VALUE;

    private ShardGroup(
            KafkaOptions options,
            int shards,
            NodeAddress self,
            ShardPlanner planner,
            Supplier<Map<Integer, Long>> lags,
            ShardGroupListener listener) {
        this.topics = new ShardTopics(options.logTopic(), options.catalogTopic(), shards);
        this.listener = listener;
        Map<String, Object> properties = ClientProperties.consumer(options);
        properties.put(ConsumerConfig.GROUP_ID_CONFIG, options.topicPrefix() + "-nodes");
        properties.put(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, self.node());
        properties.put(ConsumerConfig.GROUP_PROTOCOL_CONFIG, "classic");
        properties.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, SESSION_MILLIS);
        properties.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, HEARTBEAT_MILLIS);
        properties.put(ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG, List.of(ShardAssignor.class));
        properties.put(
                ShardAssignor.MEMBER,
                new ShardAssignor.Member(
                        planner,
                        topics,
                        () -> new GroupData.MemberData(self.node(), self.zone(), self.address(), lags.get()),
                        made -> plan = made));
        try {
            consumer = new KafkaConsumer<>(properties);
        } catch (KafkaException failed) {
            throw KafkaFailure.of("join the group of nodes", options, failed);
        }
        thread = new Thread(this::run, "sluice-group");
        thread.setDaemon(true);
    }

    /**
     * Joins the group, in the background.
     *
     * @param shards how many there are, without the catalog
     * @param planner the same on all nodes
     * @param lags how many records each copy of this node is behind, by shard
     */
    public static ShardGroup join(
            KafkaOptions options,
            int shards,
            NodeAddress self,
            ShardPlanner planner,
            Supplier<Map<Integer, Long>> lags,
            ShardGroupListener listener) {
        ShardGroup group = new ShardGroup(options, shards, self, planner, lags, listener);
        group.thread.start();
        return group;
    }

    /** Completes with the first plan; fails with a {@link StoreException} if this node cannot be a member. */
    public CompletableFuture<Void> joined() {
        return joined;
    }

    /** Why this node is no member of the group at the moment; empty while it is one. */
    public Optional<String> failure() {
        return Optional.ofNullable(failure);
    }

    /** Asks for a new plan, after this node has lost a shard that it was to own. Any thread. */
    public void requestPlan() {
        planWanted = true;
    }

    private void run() {
        consumer.subscribe(Set.of(topics.log(), topics.catalog()), new Rebalances());
        try {
            while (!closing) {
                poll();
            }
        } catch (FencedInstanceIdException taken) {
            end("another node has the same cluster.node; give each its own, and start this one again");
        } catch (RuntimeException | Error fault) {
            LOG.error("The membership in the group of nodes ended", fault);
            end("the membership in the group of nodes ended: " + fault);
        } finally {
            try {
                consumer.close(CloseOptions.timeout(LEAVE_MAX)
                        .withGroupMembershipOperation(GroupMembershipOperation.LEAVE_GROUP));
            } catch (KafkaException ignored) {
                LOG.debug("The group of nodes could not be left", ignored);
            }
        }
    }

    private void end(String reason) {
        failure = reason;
        LOG.error("This node serves no queue any more: {}", reason);
        listener.lost(Set.copyOf(topics.shards()));
        joined.completeExceptionally(new StoreException(reason));
    }

    private void poll() {
        if (planWanted) {
            planWanted = false;
            nextPlanNanos = Math.min(nextPlanNanos, System.nanoTime() + NEXT_PLAN_NANOS);
        }
        if (System.nanoTime() - nextPlanNanos >= 0) {
            nextPlanNanos = Long.MAX_VALUE;
            consumer.enforceRebalance();
        }
        try {
            consumer.poll(POLL);
        } catch (WakeupException closed) {
            return;
        } catch (FencedInstanceIdException taken) {
            throw taken;
        } catch (KafkaException failed) {
            // The group goes on without this node until it can be reached again.
            failure = "the group of nodes cannot be reached: " + failed.getMessage();
            LOG.warn("The group of nodes cannot be reached: {}", failed.getMessage());
            pause();
        }
    }

    private void pause() {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            closing = true;
        }
    }

    /** Leaves the group at once, so that others take over. The shards must be given up before. Blocks. */
    @Override
    public void close() {
        closing = true;
        consumer.wakeup();
        try {
            thread.join(LEAVE_MAX.toMillis() + PAUSE_MILLIS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private final class Rebalances implements ConsumerRebalanceListener {
        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> added) {
            // A position and a pause for each, so that the consumer asks for none and fetches nothing.
            added.forEach(partition -> consumer.seek(partition, 0));
            consumer.pause(consumer.assignment());
            GroupData.@Nullable PlanData current = plan;
            if (current == null) {
                return;
            }
            nextPlanNanos = current.isSettled() ? Long.MAX_VALUE : System.nanoTime() + NEXT_PLAN_NANOS;
            failure = null;
            listener.assigned(shards(consumer.assignment()), current.standbys(), current.routes());
            joined.complete(null);
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> removed) {
            if (!removed.isEmpty()) {
                listener.revoked(shards(removed));
            }
        }

        @Override
        public void onPartitionsLost(Collection<TopicPartition> removed) {
            failure = "the group of nodes has excluded this node";
            listener.lost(shards(removed));
        }

        private Set<Integer> shards(Collection<TopicPartition> partitions) {
            Set<Integer> shards = new TreeSet<>();
            partitions.forEach(partition -> shards.add(topics.shardOf(partition)));
            return shards;
        }
    }
}
