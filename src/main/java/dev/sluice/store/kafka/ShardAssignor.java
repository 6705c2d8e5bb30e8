package dev.sluice.store.kafka;

import dev.sluice.store.ShardMember;
import dev.sluice.store.ShardPlan;
import dev.sluice.store.ShardPlanner;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.Configurable;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Lets a {@link ShardPlanner} decide which member of the group gets which shard. Kafka makes the instance, and gives it
 * the properties of the consumer, which hold a {@link Member}. Belongs to the thread of the group.
 */
public final class ShardAssignor implements ConsumerPartitionAssignor, Configurable {
    /** Name of the property with the {@link Member}. */
    static final String MEMBER = "sluice.member";

    /**
     * What the assignor needs to know of its node.
     *
     * @param self describes the node now
     * @param onPlan takes what the node learns beside its shards
     */
    record Member(
            ShardPlanner planner,
            ShardTopics topics,
            Supplier<GroupData.MemberData> self,
            Consumer<GroupData.PlanData> onPlan) {}

    private @Nullable Member member;

    /** Made by Kafka. */
    public ShardAssignor() {}

    @Override
    public void configure(Map<String, ?> properties) {
        member = (Member) properties.get(MEMBER);
    }

    private Member member() {
        if (member == null) {
            throw new IllegalStateException("not configured");
        }
        return member;
    }

    @Override
    public String name() {
        return "sluice";
    }

    @Override
    public List<RebalanceProtocol> supportedProtocols() {
        return List.of(RebalanceProtocol.COOPERATIVE, RebalanceProtocol.EAGER);
    }

    @Override
    public ByteBuffer subscriptionUserData(Set<String> subscribed) {
        return member().self().get().encode();
    }

    @Override
    public GroupAssignment assign(Cluster metadata, GroupSubscription group) {
        ShardTopics topics = member().topics();
        List<ShardMember> members = new ArrayList<>();
        Map<String, String> addresses = new HashMap<>();
        group.groupSubscription().forEach((id, subscription) -> {
            GroupData.@Nullable MemberData data = GroupData.MemberData.decode(subscription.userData());
            if (data != null) {
                Set<Integer> owned = new TreeSet<>();
                subscription.ownedPartitions().forEach(partition -> owned.add(topics.shardOf(partition)));
                members.add(new ShardMember(id, data.node(), data.zone(), data.address(), owned, data.lags()));
                addresses.put(id, data.address());
            }
        });
        Map<String, Assignment> assignments = new HashMap<>();
        group.groupSubscription().keySet().forEach(id -> assignments.put(id, new Assignment(List.of())));
        if (!members.isEmpty()) {
            ShardPlan plan = member().planner().plan(members, topics.shards());
            Map<Integer, String> routes = new TreeMap<>();
            plan.owners().forEach((shard, id) -> routes.put(shard, addresses.getOrDefault(id, "")));
            plan.members().forEach((id, shards) -> {
                List<TopicPartition> partitions =
                        shards.owned().stream().map(topics::partitionOf).toList();
                GroupData.PlanData data =
                        new GroupData.PlanData(new TreeSet<>(shards.standbys()), routes, plan.isSettled());
                assignments.put(id, new Assignment(partitions, data.encode()));
            });
        }
        return new GroupAssignment(assignments);
    }

    @Override
    public void onAssignment(Assignment assignment, ConsumerGroupMetadata metadata) {
        GroupData.@Nullable PlanData plan = GroupData.PlanData.decode(assignment.userData());
        if (plan != null) {
            member().onPlan().accept(plan);
        }
    }
}
