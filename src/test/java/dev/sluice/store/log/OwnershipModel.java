package dev.sluice.store.log;

import dev.sluice.store.log.ModelSearch.Model;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/**
 * Two nodes that claim one shard and append groups to its log. Appends are stored late, twice, in any order, or after
 * their writer gave them up; results are late or lost; a node that was replaced goes on until the log shows it.
 */
final class OwnershipModel implements Model<OwnershipModel.State> {
    private static final int NODES = 2;

    /** A rule that is left out. */
    enum Mutation {
        NONE,
        OFFSETS_ARE_NOT_CHECKED,
        INDEXES_ARE_NOT_CHECKED,
        ACKNOWLEDGED_IN_ORDER_OF_RESULTS,
        OWNER_DOES_NOT_READ_TO_ITS_CLAIM,
        GAPS_ARE_ONLY_SEARCHED_FOR_CLAIMS,
        TRIMMED_GAP_COUNTS_AS_EMPTY,
        ALL_NODES_HAVE_ONE_OWNER_ID,
        UNKNOWN_VERSION_COUNTS_AS_VOID
    }

    /** How far the search goes, and whether the groups of node 1 have a version that node 0 does not know. */
    record Bounds(int claims, int groups, int inFlight, int duplicates, boolean nodeZeroIsOlder) {}

    /**
     * A stored record.
     *
     * @param base the groups that its writer had applied or sent before
     */
    record Stored(LogRecord record, int node, String group, String base) {}

    /** An append that is under way: stored {@code copies} times, the last time at {@code offset}. */
    record Append(Stored entry, int copies, long offset, boolean awaited) {}

    /** What a node does. */
    enum Role {
        FOLLOWER,
        CLAIMANT,
        OWNER,
        STOPPED
    }

    /**
     * A node.
     *
     * @param readTo offset up to which its copy follows the log
     * @param applied the groups in its copy
     * @param sent the groups in its copy and those that it sent
     */
    record Node(
            Role role,
            long readTo,
            LogOwnership ownership,
            String applied,
            String sent,
            AppendTracker tracker,
            long epoch,
            int sentGroups) {}

    record State(
            List<Stored> log, List<Append> appends, List<Node> nodes, int claims, int duplicates, String violation) {}

    private final Mutation mutation;
    private final Bounds bounds;

    OwnershipModel(Mutation mutation, Bounds bounds) {
        this.mutation = mutation;
        this.bounds = bounds;
    }

    @Override
    public State initial() {
        Node node = new Node(Role.FOLLOWER, 0, LogOwnership.INITIAL, "", "", null, 0, 0);
        return new State(
                List.of(),
                List.of(),
                IntStream.range(0, NODES).mapToObj(n -> node).toList(),
                0,
                0,
                "");
    }

    @Override
    public Optional<String> violation(State state) {
        return state.violation().isEmpty() ? Optional.empty() : Optional.of(state.violation());
    }

    @Override
    public void actions(State state, BiConsumer<String, State> each) {
        for (int n = 0; n < NODES; n++) {
            Node node = state.nodes().get(n);
            switch (node.role()) {
                case FOLLOWER -> {
                    read(state, n, each);
                    claim(state, n, each);
                }
                case CLAIMANT -> read(state, n, each);
                case OWNER -> send(state, n, each);
                case STOPPED -> {}
            }
        }
        for (int a = 0; a < state.appends().size(); a++) {
            store(state, a, each);
            complete(state, a, each);
        }
    }

    private UUID ownerId(int node) {
        return new UUID(1, mutation == Mutation.ALL_NODES_HAVE_ONE_OWNER_ID ? 1 : node + 1);
    }

    private void claim(State state, int n, BiConsumer<String, State> each) {
        Node node = state.nodes().get(n);
        if (state.claims() == bounds.claims()) {
            return;
        }
        long epoch = node.ownership().epoch() + 1;
        Stored entry = new Stored(LogRecord.claim(epoch, ownerId(n), new byte[0]), n, "", "");
        Node after = new Node(Role.CLAIMANT, node.readTo(), node.ownership(), node.applied(), "", null, epoch, 0);
        each.accept(n + " claims " + epoch, sent(state, entry, after, state.claims() + 1));
    }

    private void read(State state, int n, BiConsumer<String, State> each) {
        Node node = state.nodes().get(n);
        boolean useless = node.role() == Role.FOLLOWER && state.claims() == bounds.claims();
        if (node.readTo() == state.log().size() || useless) {
            return;
        }
        Stored entry = state.log().get((int) node.readTo());
        Node after = isUnknown(entry, n) && mutation != Mutation.UNKNOWN_VERSION_COUNTS_AS_VOID
                ? new Node(Role.STOPPED, node.readTo(), node.ownership(), node.applied(), "", null, 0, 0)
                : afterReading(node, n, entry);
        each.accept(n + " reads " + node.readTo(), checked(with(state, n, after)));
    }

    /** Whether node 0, which is older, does not know the version of this record: groups of node 1 are newer. */
    private boolean isUnknown(Stored entry, int reader) {
        return bounds.nodeZeroIsOlder()
                && reader == 0
                && entry.node() == 1
                && entry.record().kind() == LogRecord.Kind.GROUP;
    }

    private Node afterReading(Node node, int n, Stored entry) {
        long readTo = node.readTo() + 1;
        if (isUnknown(entry, n)) {
            return new Node(node.role(), readTo, node.ownership(), node.applied(), "", null, node.epoch(), 0);
        }
        LogOwnership after = after(node.ownership(), entry.record());
        boolean taken = !after.equals(node.ownership()) || isTaken(node.ownership(), entry.record());
        String applied = taken ? node.applied() + entry.group() : node.applied();
        if (node.role() == Role.CLAIMANT && after.epoch() >= node.epoch()) {
            return after.isHeldBy(node.epoch(), ownerId(n))
                    ? owner(node, after, applied, readTo - 1)
                    : new Node(Role.FOLLOWER, readTo, after, applied, "", null, 0, 0);
        }
        return new Node(node.role(), readTo, after, applied, "", null, node.epoch(), 0);
    }

    private static Node owner(Node node, LogOwnership claimed, String applied, long claimOffset) {
        return new Node(
                Role.OWNER,
                claimOffset + 1,
                claimed,
                applied,
                applied,
                new AppendTracker(claimed, claimOffset),
                node.epoch(),
                0);
    }

    private LogOwnership after(LogOwnership ownership, LogRecord record) {
        return mutation == Mutation.INDEXES_ARE_NOT_CHECKED && record.kind() != LogRecord.Kind.CLAIM
                ? ownership
                : ownership.after(record);
    }

    /** Whether the readers' rule takes a record. */
    private boolean isTaken(LogOwnership ownership, LogRecord record) {
        return mutation == Mutation.INDEXES_ARE_NOT_CHECKED && record.kind() != LogRecord.Kind.CLAIM
                ? ownership.isHeldBy(record.epoch(), record.owner())
                : ownership.isValid(record);
    }

    private void send(State state, int n, BiConsumer<String, State> each) {
        Node node = state.nodes().get(n);
        long underWay = state.appends().stream()
                .filter(append -> append.awaited() && append.entry().node() == n)
                .filter(append -> append.entry().record().kind() == LogRecord.Kind.GROUP)
                .count();
        if (node.sentGroups() == bounds.groups() || underWay == bounds.inFlight()) {
            return;
        }
        String group = "[" + node.epoch() + (char) ('a' + n) + node.sentGroups() + "]";
        Stored entry = new Stored(
                LogRecord.group(node.epoch(), node.sentGroups(), ownerId(n), new byte[0]), n, group, node.sent());
        Node after = new Node(
                node.role(),
                node.readTo(),
                node.ownership(),
                node.applied(),
                node.sent() + group,
                node.tracker(),
                node.epoch(),
                node.sentGroups() + 1);
        each.accept(n + " sends " + group, sent(state, entry, after, state.claims()));
    }

    /** The log stores an append: for the first time, or once more behind what came after it. */
    private void store(State state, int a, BiConsumer<String, State> each) {
        Append append = state.appends().get(a);
        boolean again = append.copies() > 0;
        if (again && state.duplicates() == bounds.duplicates()) {
            return;
        }
        List<Stored> log = with(state.log(), append.entry());
        Append after = new Append(append.entry(), append.copies() + 1, log.size() - 1L, append.awaited());
        // the result can be that of the first or of the last copy
        Append first = new Append(append.entry(), append.copies() + 1, append.offset(), append.awaited());
        int duplicates = state.duplicates() + (again ? 1 : 0);
        String name = "stored " + name(append) + " @" + (log.size() - 1);
        each.accept(
                name,
                checkedLog(new State(
                        log, replaced(state.appends(), a, after), state.nodes(), state.claims(), duplicates, "")));
        if (again) {
            each.accept(
                    name + ", result of the first",
                    checkedLog(new State(
                            log, replaced(state.appends(), a, first), state.nodes(), state.claims(), duplicates, "")));
        }
    }

    /** The writer gets the result of an append, or is told that it failed. */
    private void complete(State state, int a, BiConsumer<String, State> each) {
        Append append = state.appends().get(a);
        if (!append.awaited()) {
            return;
        }
        int n = append.entry().node();
        Node node = state.nodes().get(n);
        State received = new State(
                state.log(),
                replaced(state.appends(), a, new Append(append.entry(), append.copies(), append.offset(), false)),
                state.nodes(),
                state.claims(),
                state.duplicates(),
                "");
        if (append.entry().record().kind() == LogRecord.Kind.CLAIM) {
            claimStored(received, append, n, each);
            return;
        }
        boolean current = node.role() == Role.OWNER
                && node.epoch() == append.entry().record().epoch();
        if (!current) {
            each.accept(n + " ignores " + name(append), received);
            return;
        }
        AppendTracker failed = node.tracker().copy();
        failed.failed();
        each.accept(n + " has no result of " + name(append), checked(with(received, n, ended(node, failed))));
        if (append.copies() > 0) {
            for (boolean trimmed : new boolean[] {false, true}) {
                String name = n + " has " + append.offset() + " of " + name(append) + (trimmed ? ", gap trimmed" : "");
                each.accept(name, acknowledgements(received, n, append, trimmed));
            }
        }
    }

    private void claimStored(State state, Append append, int n, BiConsumer<String, State> each) {
        Node node = state.nodes().get(n);
        if (mutation == Mutation.OWNER_DOES_NOT_READ_TO_ITS_CLAIM
                && append.copies() > 0
                && node.role() == Role.CLAIMANT) {
            LogOwnership claimed = new LogOwnership(node.epoch(), ownerId(n), 0);
            each.accept(n + " owns", checked(with(state, n, owner(node, claimed, node.applied(), append.offset()))));
        }
    }

    private State acknowledgements(State state, int n, Append append, boolean trimmed) {
        Node node = state.nodes().get(n);
        AppendTracker tracker = node.tracker().copy();
        String applied = node.applied();
        String violation = "";
        long index = append.entry().record().index();
        if (mutation == Mutation.OFFSETS_ARE_NOT_CHECKED || mutation == Mutation.ACKNOWLEDGED_IN_ORDER_OF_RESULTS) {
            return acknowledgedAnyway(state, n, append);
        }
        tracker.appended(index, append.offset());
        while (true) {
            AppendTracker.Step step = tracker.next();
            if (step instanceof AppendTracker.ReadGap gap) {
                step = tracker.gapRead(gapAsRead(state, tracker, gap, trimmed));
            }
            if (step instanceof AppendTracker.Acknowledge acknowledged) {
                Stored entry = state.log().get((int) acknowledged.offset());
                violation = violation.isEmpty() ? violationOf(state, acknowledged.offset()) : violation;
                applied += entry.group();
            } else {
                Node after = step instanceof AppendTracker.End
                        ? ended(tracker, applied)
                        : new Node(
                                node.role(),
                                tracker.expectedOffset(),
                                tracker.ownership(),
                                applied,
                                node.sent(),
                                tracker,
                                node.epoch(),
                                node.sentGroups());
                State result = checked(with(state, n, after));
                return violation.isEmpty() ? result : violated(result, violation);
            }
        }
    }

    private List<Optional<LogRecord>> gapAsRead(
            State state, AppendTracker tracker, AppendTracker.ReadGap gap, boolean trimmed) {
        List<Optional<LogRecord>> records = new ArrayList<>();
        for (long offset = gap.from(); offset < gap.to(); offset++) {
            LogRecord record = state.log().get((int) offset).record();
            boolean hidden = mutation == Mutation.GAPS_ARE_ONLY_SEARCHED_FOR_CLAIMS
                            && !(record.kind() == LogRecord.Kind.CLAIM
                                    && tracker.ownership().isValid(record))
                    || mutation == Mutation.TRIMMED_GAP_COUNTS_AS_EMPTY && trimmed;
            records.add(hidden ? Optional.empty() : Optional.of(record));
        }
        return trimmed && mutation != Mutation.TRIMMED_GAP_COUNTS_AS_EMPTY ? null : records;
    }

    /** Acknowledges without the owner's rule. */
    private State acknowledgedAnyway(State state, int n, Append append) {
        Node node = state.nodes().get(n);
        long offset = append.offset();
        boolean expected = offset == node.tracker().expectedOffset();
        boolean next =
                append.entry().record().index() == node.tracker().ownership().nextIndex();
        if (mutation == Mutation.OFFSETS_ARE_NOT_CHECKED ? !next : !expected) {
            return state;
        }
        return violated(state, violationOf(state, offset));
    }

    private Node ended(Node node, AppendTracker tracker) {
        return ended(tracker, node.applied());
    }

    private Node ended(AppendTracker tracker, String applied) {
        return new Node(Role.FOLLOWER, tracker.expectedOffset(), tracker.ownership(), applied, "", null, 0, 0);
    }

    /** An acknowledged record must be valid for readers. */
    private String violationOf(State state, long offset) {
        LogOwnership before = ownershipAt(state.log(), offset);
        Stored entry = state.log().get((int) offset);
        return isTaken(before, entry.record()) ? "" : "acknowledged, but void for readers: " + entry.group();
    }

    /** Each copy must be what the readers' rule makes of the log up to the same offset. */
    private State checked(State state) {
        for (int n = 0; n < NODES; n++) {
            Node node = state.nodes().get(n);
            String applied = appliedTo(state.log(), node.readTo());
            if (!applied.equals(node.applied())) {
                return violated(
                        state, "copy of " + n + " at " + node.readTo() + " has " + node.applied() + ", not " + applied);
            }
        }
        return state;
    }

    /** Each valid group must have been decided on exactly the valid groups before it. */
    private State checkedLog(State state) {
        Stored last = state.log().get(state.log().size() - 1);
        LogOwnership before = ownershipAt(state.log(), state.log().size() - 1L);
        boolean isGroup = last.record().kind() == LogRecord.Kind.GROUP;
        if (isGroup && isTaken(before, last.record())) {
            String applied = appliedTo(state.log(), state.log().size() - 1L);
            if (!applied.equals(last.base())) {
                return violated(state, last.group() + " was decided on " + last.base() + ", but follows " + applied);
            }
        }
        return state;
    }

    private String appliedTo(List<Stored> log, long end) {
        LogOwnership ownership = LogOwnership.INITIAL;
        StringBuilder applied = new StringBuilder();
        for (Stored entry : log.subList(0, (int) end)) {
            if (isTaken(ownership, entry.record())) {
                applied.append(entry.group());
            }
            ownership = after(ownership, entry.record());
        }
        return applied.toString();
    }

    private LogOwnership ownershipAt(List<Stored> log, long end) {
        LogOwnership ownership = LogOwnership.INITIAL;
        for (Stored entry : log.subList(0, (int) end)) {
            ownership = after(ownership, entry.record());
        }
        return ownership;
    }

    private static String name(Append append) {
        String group = append.entry().group();
        return group.isEmpty() ? "claim of " + append.entry().node() : group;
    }

    private static State violated(State state, String violation) {
        return new State(state.log(), state.appends(), state.nodes(), state.claims(), state.duplicates(), violation);
    }

    private static State sent(State state, Stored entry, Node after, int claims) {
        List<Append> appends = with(state.appends(), new Append(entry, 0, -1, true));
        List<Node> nodes = replaced(state.nodes(), entry.node(), after);
        return new State(state.log(), appends, nodes, claims, state.duplicates(), "");
    }

    private static State with(State state, int n, Node node) {
        return new State(
                state.log(), state.appends(), replaced(state.nodes(), n, node), state.claims(), state.duplicates(), "");
    }

    private static <T> List<T> with(List<T> list, T more) {
        return changed(list, copy -> {
            copy.add(more);
            return copy;
        });
    }

    private static <T> List<T> replaced(List<T> list, int index, T replacement) {
        return changed(list, copy -> {
            copy.set(index, replacement);
            return copy;
        });
    }

    private static <T> List<T> changed(List<T> list, UnaryOperator<List<T>> change) {
        return change.apply(new ArrayList<>(list));
    }

    @Override
    public String key(State state) {
        StringBuilder key = new StringBuilder();
        state.log().forEach(entry -> key.append(entryKey(entry)).append(' '));
        key.append('|');
        state.appends().stream()
                .filter(append -> matters(append, state))
                .map(append ->
                        entryKey(append.entry()) + append.copies() + '@' + append.offset() + isCurrent(append, state))
                .sorted()
                .forEach(append -> key.append(append).append(' '));
        for (Node node : state.nodes()) {
            key.append('|')
                    .append(node.role())
                    .append(node.readTo())
                    .append(node.applied())
                    .append('/')
                    .append(node.sent())
                    .append(node.epoch())
                    .append(node.sentGroups())
                    .append(node.ownership().epoch())
                    .append(node.ownership().nextIndex())
                    .append(node.tracker() == null ? "" : node.tracker());
        }
        return key.append(state.claims())
                .append(state.duplicates())
                .append(state.violation())
                .toString();
    }

    /** Whether an append can still be stored or change its writer. */
    private boolean matters(Append append, State state) {
        return append.copies() == 0 || state.duplicates() < bounds.duplicates() || isCurrent(append, state);
    }

    private boolean isCurrent(Append append, State state) {
        Node writer = state.nodes().get(append.entry().node());
        return append.awaited() && writer.epoch() == append.entry().record().epoch();
    }

    private static String entryKey(Stored entry) {
        return entry.record().kind() == LogRecord.Kind.CLAIM
                ? "c" + entry.node() + entry.record().epoch()
                : entry.group();
    }
}
