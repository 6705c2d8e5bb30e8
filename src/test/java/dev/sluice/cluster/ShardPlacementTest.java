package dev.sluice.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.TestSeed;
import dev.sluice.store.ShardMember;
import dev.sluice.store.ShardPlan;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class ShardPlacementTest {
    private static final int ROUNDS_MAX = 200;

    private final ShardPlacement placement = new ShardPlacement();

    /** A group of nodes that follows the plans, as real ones do. */
    private static final class Group {
        final Map<String, Set<Integer>> owned = new TreeMap<>();
        final Map<String, Map<Integer, Long>> copies = new HashMap<>();
        final Map<String, String> zones = new HashMap<>();

        void join(String id, String zone) {
            owned.put(id, new TreeSet<>());
            copies.put(id, new HashMap<>());
            zones.put(id, zone);
        }

        List<ShardMember> members() {
            List<ShardMember> members = new ArrayList<>();
            owned.forEach((id, shards) -> members.add(
                    new ShardMember(id, id, zones.get(id), id + ":1", Set.copyOf(shards), Map.copyOf(copies.get(id)))));
            return members;
        }

        /** Nodes give up what they lose, and their copies catch up. */
        void follow(ShardPlan plan) {
            plan.members().forEach((id, shards) -> {
                owned.put(id, new TreeSet<>(shards.owned()));
                Map<Integer, Long> copied = new HashMap<>();
                shards.owned().forEach(shard -> copied.put(shard, 0L));
                shards.standbys().forEach(shard -> copied.put(shard, 0L));
                copies.put(id, copied);
            });
        }
    }

    private static List<Integer> shards(int count) {
        return IntStream.range(-1, count - 1).boxed().toList();
    }

    /** Plans until nothing is to be moved; returns how many plans that took. */
    private int settle(Group group, int shards) {
        for (int round = 1; round <= ROUNDS_MAX; round++) {
            ShardPlan plan = placement.plan(group.members(), shards(shards));
            group.follow(plan);
            if (plan.isSettled() && owners(plan).size() == shards) {
                return round;
            }
        }
        throw new AssertionError("not settled after " + ROUNDS_MAX + " plans");
    }

    private static Map<Integer, String> owners(ShardPlan plan) {
        Map<Integer, String> owners = new TreeMap<>();
        plan.members().forEach((id, shards) -> shards.owned().forEach(shard -> {
            assertThat(owners.put(shard, id))
                    .as("another owner of shard %s", shard)
                    .isNull();
        }));
        return owners;
    }

    private static Group settledGroup(ShardPlacementTest test, int nodes, int shards) {
        Group group = new Group();
        for (int node = 0; node < nodes; node++) {
            group.join("n" + node, "");
        }
        test.settle(group, shards);
        return group;
    }

    @Test
    void newNodesShareTheShardsEvenly() {
        Group group = settledGroup(this, 3, 25);

        assertThat(group.owned.values()).extracting(Set::size).containsExactlyInAnyOrder(9, 8, 8);
    }

    @Test
    void theShardsOfANodeThatIsGoneGoToTheirStandbysAndNothingElseMoves() {
        Group group = settledGroup(this, 3, 24);
        Map<String, Set<Integer>> before = new TreeMap<>(group.owned);
        group.owned.remove("n1");

        ShardPlan plan = placement.plan(group.members(), shards(24));

        for (String id : List.of("n0", "n2")) {
            List<Integer> owned = plan.members().get(id).owned();
            assertThat(owned).containsAll(before.get(id));
            assertThat(owned)
                    .allMatch(shard -> before.get(id).contains(shard)
                            || group.copies.get(id).containsKey(shard));
        }
        assertThat(owners(plan)).hasSize(24);
    }

    @Test
    void aNewNodeGetsShardsOnlyOnceItsCopyIsUpToDate() {
        Group group = settledGroup(this, 2, 10);
        group.join("n2", "");

        ShardPlan first = placement.plan(group.members(), shards(10));

        assertThat(owners(first)).hasSize(10);
        assertThat(first.members().get("n2").owned()).isEmpty();
        assertThat(first.members().get("n2").standbys()).isNotEmpty();
        assertThat(first.isSettled()).isFalse();
        group.follow(first);
        group.copies.get("n2").replaceAll((shard, lag) -> ShardPlacement.LAG_MAX + 1);
        assertThat(owners(placement.plan(group.members(), shards(10)))).hasSize(10);
        settle(group, 10);
        assertThat(group.owned.values()).extracting(Set::size).containsExactlyInAnyOrder(4, 3, 3);
    }

    @Test
    void aStandbyIsInAnotherZoneIfThereIsOne() {
        Group group = new Group();
        group.join("a1", "a");
        group.join("a2", "a");
        group.join("b1", "b");
        settle(group, 12);

        ShardPlan plan = placement.plan(group.members(), shards(12));

        owners(plan).forEach((shard, owner) -> plan.members().forEach((id, shards) -> {
            if (shards.standbys().contains(shard)) {
                assertThat(group.zones.get(id)).isNotEqualTo(group.zones.get(owner));
            }
        }));
    }

    @Test
    void ofTwoNodesThatSayThatAShardIsTheirsOneKeepsIt() {
        ShardMember old = new ShardMember("a", "a", "", "a:1", Set.of(0), Map.of(0, 500L));
        ShardMember current = new ShardMember("b", "b", "", "b:1", Set.of(0), Map.of(0, 0L));

        ShardPlan plan = placement.plan(List.of(old, current), List.of(0));

        assertThat(owners(plan)).containsExactly(Map.entry(0, "b"));
    }

    @Provide
    Arbitrary<List<ShardMember>> groups() {
        Arbitrary<Map<Integer, Long>> lags = Arbitraries.maps(
                        Arbitraries.integers().between(-1, 11),
                        Arbitraries.longs().between(0, 3_000))
                .ofMaxSize(12);
        Arbitrary<Set<Integer>> owned =
                Arbitraries.integers().between(-1, 11).set().ofMaxSize(8);
        Arbitrary<ShardMember> member = Combinators.combine(lags, owned, Arbitraries.of("", "a", "b"))
                .as((copies, shards, zone) -> new ShardMember("", "", zone, "", shards, copies));
        return member.list().ofMinSize(1).ofMaxSize(5).map(list -> IntStream.range(0, list.size())
                .mapToObj(i -> new ShardMember(
                        "n" + i,
                        "n" + i,
                        list.get(i).zone(),
                        "n" + i + ":1",
                        list.get(i).owned(),
                        list.get(i).lags()))
                .toList());
    }

    @Property(seed = TestSeed.PROPERTIES)
    void everyPlanIsSoundWhateverTheMembersSay(@ForAll("groups") List<ShardMember> members, @ForAll Random random) {
        List<Integer> shards = shards(13);
        ShardPlan plan = placement.plan(members, shards);

        Map<Integer, String> owners = owners(plan);
        // Each shard is served by a member, and has it as its owner unless it is about to move.
        assertThat(plan.owners().keySet()).containsExactlyElementsOf(new TreeSet<>(shards));
        assertThat(owners.size()).isGreaterThanOrEqualTo(shards.size() - ShardPlacement.MOVES_MAX);
        owners.forEach((shard, id) -> {
            assertThat(plan.owners()).containsEntry(shard, id);
            Set<String> claimants = new TreeSet<>();
            members.stream()
                    .filter(member -> member.owned().contains(shard))
                    .forEach(member -> claimants.add(member.id()));
            assertThat(claimants.isEmpty() || claimants.contains(id))
                    .as("shard %s goes to %s and not to one of %s", shard, id, claimants)
                    .isTrue();
            assertThat(plan.members().get(id).standbys()).doesNotContain(shard);
        });
        for (int shard : shards) {
            long standbys = plan.members().values().stream()
                    .filter(each -> each.standbys().contains(shard))
                    .count();
            assertThat(standbys).isEqualTo(members.size() == 1 ? 0 : 1);
        }
        List<ShardMember> shuffled = new ArrayList<>(members);
        Collections.shuffle(shuffled, random);
        assertThat(placement.plan(shuffled, shards)).isEqualTo(plan);
    }

    @Property(seed = TestSeed.PROPERTIES, tries = 100)
    void everyGroupThatFollowsItsPlansIsBalancedInTheEnd(@ForAll("groups") List<ShardMember> members) {
        Group group = new Group();
        members.forEach(member -> {
            group.join(member.id(), member.zone());
            group.copies.get(member.id()).putAll(member.lags());
        });
        members.forEach(member -> member.owned().stream()
                .filter(shard -> group.owned.values().stream().noneMatch(other -> other.contains(shard)))
                .forEach(shard -> group.owned.get(member.id()).add(shard)));

        settle(group, 13);

        assertThat(group.owned.values().stream().mapToInt(Set::size).max().orElseThrow()
                        - group.owned.values().stream()
                                .mapToInt(Set::size)
                                .min()
                                .orElseThrow())
                .isLessThanOrEqualTo(1);
    }
}
