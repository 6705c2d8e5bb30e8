package dev.sluice.store.log;

import dev.sluice.store.log.ModelSearch.Model;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;

/**
 * Writers that take snapshots of one shard log into a second log, and trim both. A writer can stall at any point and go
 * on later, so that its snapshot is older than those written meanwhile.
 *
 * <p>At any time a node without a copy must be able to load the shard: some snapshot is complete, and the log has
 * everything after it.
 */
final class SnapshotModel implements Model<SnapshotModel.State> {
    private static final int CHUNKS = 2;

    /** A rule that is left out. */
    enum Mutation {
        NONE,
        LAST_TWO_MANIFESTS_BY_POSITION,
        TRIMMED_BELOW_THE_NEWER_SNAPSHOT_ONLY
    }

    /** How far the search goes. */
    record Bounds(int writers, int groups) {}

    /** A record of the snapshot log: a chunk, or the manifest after all chunks. */
    record Stored(int writer, int upTo, int chunk, boolean manifest) {}

    /**
     * A writer.
     *
     * @param upTo the offset of the last group in its snapshot
     * @param written how many records it has written; -1 before it began, {@link #DONE} after it trimmed or gave up
     */
    record Writer(int upTo, int written) {}

    private static final int DONE = 99;

    /**
     * Both logs.
     *
     * @param groups offset after the last group
     * @param logStart first offset of the log that is still there
     * @param snapshots the snapshot log; trimmed records are null
     */
    record State(int groups, int logStart, List<Stored> snapshots, List<Writer> writers) {}

    private final Mutation mutation;
    private final Bounds bounds;

    SnapshotModel(Mutation mutation, Bounds bounds) {
        this.mutation = mutation;
        this.bounds = bounds;
    }

    @Override
    public State initial() {
        List<Writer> writers = IntStream.range(0, bounds.writers())
                .mapToObj(n -> new Writer(-1, -1))
                .toList();
        return new State(1, 0, List.of(), writers);
    }

    @Override
    public Optional<String> violation(State state) {
        int best = complete(state).stream().mapToInt(Stored::upTo).max().orElse(-1);
        return best + 1 >= state.logStart()
                ? Optional.empty()
                : Optional.of(
                        "the log starts at " + state.logStart() + ", the newest complete snapshot ends at " + best);
    }

    @Override
    public void actions(State state, BiConsumer<String, State> each) {
        if (state.groups() < bounds.groups()) {
            each.accept("append", new State(state.groups() + 1, state.logStart(), state.snapshots(), state.writers()));
        }
        for (int w = 0; w < bounds.writers(); w++) {
            step(state, w, each);
        }
    }

    private void step(State state, int w, BiConsumer<String, State> each) {
        Writer writer = state.writers().get(w);
        if (writer.written() == DONE) {
            return;
        }
        if (writer.written() < 0) {
            int upTo = state.groups() - 1;
            each.accept(w + " begins at " + upTo, with(state, w, new Writer(upTo, 0), state.snapshots()));
        } else if (writer.written() < CHUNKS) {
            Stored chunk = new Stored(w, writer.upTo(), writer.written(), false);
            each.accept(
                    w + " writes chunk " + writer.written(),
                    with(state, w, new Writer(writer.upTo(), writer.written() + 1), appended(state, chunk)));
        } else if (writer.written() == CHUNKS) {
            if (isUseless(state, writer)) {
                each.accept(w + " gives up", with(state, w, new Writer(writer.upTo(), DONE), state.snapshots()));
            } else {
                Stored manifest = new Stored(w, writer.upTo(), CHUNKS, true);
                each.accept(
                        w + " writes its manifest",
                        with(state, w, new Writer(writer.upTo(), CHUNKS + 1), appended(state, manifest)));
            }
        } else {
            each.accept(w + " trims", trimmed(with(state, w, new Writer(writer.upTo(), DONE), state.snapshots())));
        }
    }

    /** Whether a snapshot that is at least as new exists, or this one ends before the log begins. */
    private boolean isUseless(State state, Writer writer) {
        if (mutation == Mutation.LAST_TWO_MANIFESTS_BY_POSITION) {
            return false;
        }
        boolean newer = complete(state).stream().anyMatch(manifest -> manifest.upTo() >= writer.upTo());
        return newer || writer.upTo() + 1 < state.logStart();
    }

    /** Keeps the two snapshots that count and the log after the older one. */
    private State trimmed(State state) {
        boolean byPosition = mutation == Mutation.LAST_TWO_MANIFESTS_BY_POSITION;
        List<Stored> counting = byPosition
                ? manifests(state)
                : complete(state).stream()
                        .sorted(Comparator.comparingInt(Stored::upTo))
                        .toList();
        if (counting.size() < 2) {
            return state;
        }
        Stored older = counting.get(counting.size() - 2);
        Stored newer = counting.get(counting.size() - 1);
        boolean newerOnly = mutation == Mutation.TRIMMED_BELOW_THE_NEWER_SNAPSHOT_ONLY;
        int logEnd = newerOnly ? newer.upTo() : older.upTo();
        int first = newerOnly
                ? state.snapshots().indexOf(newer) + 1
                : byPosition ? firstChunk(state, older) : Math.min(firstChunk(state, older), firstChunk(state, newer));
        List<Stored> snapshots = new ArrayList<>(state.snapshots());
        for (int at = 0; at < first; at++) {
            snapshots.set(at, null);
        }
        return new State(state.groups(), Math.max(state.logStart(), logEnd + 1), snapshots, state.writers());
    }

    private static int firstChunk(State state, Stored manifest) {
        return IntStream.range(0, state.snapshots().size())
                .filter(at -> state.snapshots().get(at) != null)
                .filter(at -> state.snapshots().get(at).writer() == manifest.writer())
                .findFirst()
                .orElseThrow();
    }

    private static List<Stored> manifests(State state) {
        return state.snapshots().stream()
                .filter(stored -> stored != null && stored.manifest())
                .toList();
    }

    /** Manifests all chunks of which are there, and after which the log is complete. */
    private static List<Stored> complete(State state) {
        return manifests(state).stream()
                .filter(manifest -> state.snapshots().stream()
                                .filter(stored -> stored != null && stored.writer() == manifest.writer())
                                .count()
                        == CHUNKS + 1)
                .filter(manifest -> manifest.upTo() + 1 >= state.logStart())
                .toList();
    }

    private static List<Stored> appended(State state, Stored stored) {
        List<Stored> snapshots = new ArrayList<>(state.snapshots());
        snapshots.add(stored);
        return snapshots;
    }

    private static State with(State state, int w, Writer writer, List<Stored> snapshots) {
        List<Writer> writers = new ArrayList<>(state.writers());
        writers.set(w, writer);
        return new State(state.groups(), state.logStart(), snapshots, writers);
    }

    @Override
    public String key(State state) {
        StringBuilder key =
                new StringBuilder().append(state.groups()).append('/').append(state.logStart());
        for (Stored stored : state.snapshots()) {
            key.append(stored == null ? "-" : " " + stored.writer() + stored.chunk() + stored.upTo());
        }
        state.writers()
                .forEach(writer ->
                        key.append('|').append(writer.upTo()).append(':').append(writer.written()));
        return key.toString();
    }
}
