package dev.sluice.cluster;

import dev.sluice.store.ShardMember;
import dev.sluice.store.ShardPlan;
import dev.sluice.store.ShardPlanner;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Places shards on nodes:
 *
 * <ul>
 *   <li>A shard stays where it is.
 *   <li>A shard without an owner goes to a member whose copy is up to date, else to any copy, else to any member; the
 *       member with the fewest shards first.
 *   <li>For balance, at most {@value #MOVES_MAX} shards move at a time, each to a copy that is up to date. The owner
 *       gives the shard up first, so in this plan it has none.
 *   <li>Each shard has one standby, in another zone than the owner if there is one.
 * </ul>
 *
 * <p>Stateless.
 */
public final class ShardPlacement implements ShardPlanner {
    /** Shards that may change their owner at a time for the sake of balance. */
    static final int MOVES_MAX = 2;
    /** A copy that is at most this many records behind is up to date. */
    static final long LAG_MAX = 1_000;

    @Override
    public ShardPlan plan(Collection<ShardMember> members, List<Integer> shards) {
        return new PlanDraft(members, shards).plan();
    }

    /** One member while a plan is made. */
    private static final class Node {
        private final ShardMember member;
        private final TreeSet<Integer> owned = new TreeSet<>();
        private final TreeSet<Integer> standbys = new TreeSet<>();
        /** Shards that it is to get in a later plan. */
        private final TreeSet<Integer> coming = new TreeSet<>();

        Node(ShardMember member) {
            this.member = member;
        }

        int load() {
            return owned.size() + coming.size();
        }

        boolean isUpToDate(int shard) {
            return member.lags().getOrDefault(shard, Long.MAX_VALUE) <= LAG_MAX;
        }

        boolean hasCopy(int shard) {
            return member.lags().containsKey(shard);
        }
    }

    private static final class PlanDraft {
        private static final Comparator<Node> BY_LOAD =
                Comparator.comparingInt(Node::load).thenComparing(node -> node.member.id());

        private final List<Node> nodes;
        private final TreeSet<Integer> shards;
        private final Map<Integer, Node> serving = new HashMap<>();
        private boolean isSettled = true;

        PlanDraft(Collection<ShardMember> members, List<Integer> shards) {
            this.shards = new TreeSet<>(shards);
            this.nodes = members.stream()
                    .sorted(Comparator.comparing(ShardMember::id))
                    .map(Node::new)
                    .toList();
        }

        ShardPlan plan() {
            keep();
            adopt();
            balance();
            shards.forEach(this::chooseStandby);
            Map<String, ShardPlan.MemberShards> planned = new LinkedHashMap<>();
            nodes.forEach(node -> planned.put(
                    node.member.id(), new ShardPlan.MemberShards(List.copyOf(node.owned), List.copyOf(node.standbys))));
            Map<Integer, String> owners = new TreeMap<>();
            serving.forEach((shard, node) -> owners.put(shard, node.member.id()));
            return new ShardPlan(planned, owners, isSettled);
        }

        /** If two members say that a shard is theirs, the one whose copy is less behind keeps it. */
        private void keep() {
            for (int shard : shards) {
                nodes.stream()
                        .filter(node -> node.member.owned().contains(shard))
                        .min(Comparator.<Node>comparingLong(
                                        node -> node.member.lags().getOrDefault(shard, Long.MAX_VALUE))
                                .thenComparing(node -> node.member.id()))
                        .ifPresent(node -> give(shard, node));
            }
        }

        private void adopt() {
            for (int shard : shards) {
                if (!serving.containsKey(shard)) {
                    nodes.stream()
                            .min(Comparator.<Node>comparingInt(
                                            node -> node.isUpToDate(shard) ? 0 : node.hasCopy(shard) ? 1 : 2)
                                    .thenComparing(BY_LOAD))
                            .ifPresent(node -> give(shard, node));
                }
            }
        }

        private void give(int shard, Node node) {
            node.owned.add(shard);
            serving.put(shard, node);
        }

        /** What a move needs and does not have yet is a copy: then the taker becomes the standby first. */
        private void balance() {
            for (int moves = 0; moves < MOVES_MAX; moves++) {
                Node donor = nodes.stream().max(BY_LOAD).orElseThrow();
                Node taker = nodes.stream().min(BY_LOAD).orElseThrow();
                if (donor.load() - taker.load() < 2) {
                    return;
                }
                isSettled = false;
                @Nullable
                Integer shard = donor.owned.stream()
                        .filter(taker::isUpToDate)
                        .findFirst()
                        .orElse(null);
                if (shard == null) {
                    prepare(donor, taker);
                    return;
                }
                donor.owned.remove(shard);
                taker.coming.add(shard);
            }
        }

        private static void prepare(Node donor, Node taker) {
            int missing = (donor.load() - taker.load()) / 2;
            for (int shard : List.copyOf(donor.owned)) {
                if (missing > 0) {
                    taker.standbys.add(shard);
                    missing--;
                }
            }
        }

        private void chooseStandby(int shard) {
            Node owner = serving.get(shard);
            @Nullable
            Node chosen = nodes.stream()
                    .filter(node -> node.standbys.contains(shard) || node.coming.contains(shard))
                    .findFirst()
                    .orElse(null);
            if (chosen == null) {
                int copiesMax = (shards.size() + nodes.size() - 1) / nodes.size();
                chosen = nodes.stream()
                        .filter(node -> node != owner)
                        .min(Comparator.<Node>comparingInt(node -> isSameZone(node, owner) ? 1 : 0)
                                .thenComparingInt(
                                        node -> node.hasCopy(shard) && node.standbys.size() < copiesMax ? 0 : 1)
                                .thenComparingInt(node -> node.standbys.size())
                                .thenComparing(node -> node.member.id()))
                        .orElse(null);
            }
            if (chosen != null) {
                chosen.standbys.add(shard);
            }
        }

        private static boolean isSameZone(Node node, @Nullable Node owner) {
            return owner != null && node.member.zone().equals(owner.member.zone());
        }
    }
}
