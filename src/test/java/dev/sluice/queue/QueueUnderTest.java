package dev.sluice.queue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * A queue, its model, and the part of the runtime between the queue and its store: needs, reads under way, parked commands. How far
 * a read has come when something else happens is random.
 */
final class QueueUnderTest {
    /** A command whose decision is compared with the model when it is made. */
    record Call<R>(QueueCommand<R> command, BiConsumer<Decision<R>, QueueException> check) {}

    /** A read between begin and supply. */
    private static final class Read {
        final ReadRequest need;
        /** Everything committed before the read began. */
        final long committed;

        List<?> rows;
        boolean last;

        Read(ReadRequest need, long committed) {
            this.need = need;
            this.committed = committed;
        }
    }

    private static final class Parked {
        final Call<?> call;
        /** The read it waits for; null if it waits for another one of that kind. */
        Read read;

        Parked(Call<?> call) {
            this.call = call;
        }
    }

    private static final int PARKED_MAX = 3;

    final long number;
    final NaiveQueue model = new NaiveQueue();
    final List<LeaseId> tokens = new ArrayList<>();
    /** Prepared for the dead letter queue, with contents. */
    final List<AcceptDeadLetters.DeadLetter> letters = new ArrayList<>();
    /** Candidates of pulls that have not taken their second step. */
    final List<List<ReadyMessage>> chosen = new ArrayList<>();
    /** Their numbers. */
    final Set<Long> reserved = new HashSet<>();
    /** What the last pulls leased. */
    final List<Release.Unsent> unsent = new ArrayList<>();
    /** In the dead letter queue, to be confirmed. */
    final List<Long> toConfirm = new ArrayList<>();

    private final FakeDisk disk;
    private final Random random;
    private final Limits limits;
    private final int windowMax;
    private final List<Read> reads = new ArrayList<>();
    private final Deque<Parked> parked = new ArrayDeque<>();
    QueueState state;

    QueueUnderTest(long number, FakeDisk disk, Random random, Limits limits, int windowMax) {
        this.number = number;
        this.disk = disk;
        this.random = random;
        this.limits = limits;
        this.windowMax = windowMax;
        model.settings = QueueSettings.DEFAULT;
        load();
    }

    int windowMax() {
        return windowMax;
    }

    Limits limits() {
        return limits;
    }

    /** Starts anew from what is on disk. Calls in flight are lost, as with a process that died. */
    void load() {
        reads.clear();
        parked.clear();
        letters.clear();
        chosen.clear();
        reserved.clear();
        toConfirm.clear();
        state = new QueueState(
                model.settings,
                model.consumer,
                limits,
                disk.load(number),
                MemoryBudget.UNBOUNDED,
                windowMax,
                Retention.BY_SETTING);
        toConfirm.addAll(state.unconfirmed());
    }

    void configure(QueueSettings settings, Consumer consumer, long nowMillis) {
        expire(nowMillis);
        model.settings = settings;
        model.consumer = consumer;
        state.configure(settings, consumer);
    }

    /** Runs a command to its end, or parks it at its first read. */
    <R> void call(Call<R> call, long nowMillis) {
        Parked entry = new Parked(call);
        if (parked.size() == PARKED_MAX || random.nextInt(3) > 0) {
            while (!attempt(entry, nowMillis)) {
                ReadRequest.ReadKind kind =
                        call.command().requiredRead(state, nowMillis).kind();
                finish(entry.read != null ? entry.read : underWay(kind));
            }
        } else if (!attempt(entry, nowMillis)) {
            parked.add(entry);
        }
    }

    /** Lets a random read make a step, or a parked command try again, or starts reading ahead. */
    void proceed(long nowMillis) {
        int choice = random.nextInt(4);
        if (choice == 0 || reads.isEmpty()) {
            ReadRequest wish = state.readAhead();
            if (wish != null) {
                begin(wish);
            }
        } else if (choice == 1 && !parked.isEmpty()) {
            Parked entry = parked.remove();
            if (!reads.contains(entry.read) && attempt(entry, nowMillis)) {
                return;
            }
            parked.add(entry);
        } else {
            Read read = reads.get(random.nextInt(reads.size()));
            if (read.rows == null) {
                fetch(read);
            } else {
                finish(read);
                for (Parked entry : List.copyOf(parked)) {
                    if (entry.read == read && attempt(entry, nowMillis)) {
                        parked.remove(entry);
                    }
                }
            }
        }
    }

    /** Ends everything that is under way. */
    void quiesce(long nowMillis) {
        while (!parked.isEmpty() || !reads.isEmpty()) {
            while (!reads.isEmpty()) {
                finish(reads.get(0));
            }
            for (Parked entry : List.copyOf(parked)) {
                if (attempt(entry, nowMillis)) {
                    parked.remove(entry);
                }
            }
        }
        disk.drainAll();
    }

    /** Runs what the queue's own timer would run until nothing is due. */
    void expire(long nowMillis) {
        model.expire(nowMillis);
        while (state.deadlineMillis() <= nowMillis) {
            Expire command = new Expire(1 + random.nextInt(3));
            ReadRequest need = command.requiredRead(state, nowMillis);
            while (need != null) {
                finish(isReading(need.kind()) ? underWay(need.kind()) : begin(need));
                need = command.requiredRead(state, nowMillis);
            }
            Decision<Boolean> decision = command.decide(state, nowMillis);
            if (decision.events().size() > command.budget()) {
                throw new AssertionError("over budget: " + decision);
            }
            commit(decision.events());
            if (!decision.reply() && state.deadlineMillis() <= nowMillis) {
                throw new AssertionError("more was due at " + nowMillis + ", " + decision);
            }
        }
    }

    /** One try; false if a read must come first. */
    private boolean attempt(Parked entry, long nowMillis) {
        expire(nowMillis);
        entry.read = null;
        ReadRequest need = entry.call.command().requiredRead(state, nowMillis);
        if (need != null) {
            if (!isReading(need.kind())) {
                entry.read = begin(need);
            }
            return false;
        }
        decide(entry.call, nowMillis);
        return true;
    }

    private <R> void decide(Call<R> call, long nowMillis) {
        Decision<R> decision;
        try {
            decision = call.command().decide(state, nowMillis);
        } catch (QueueException refusal) {
            call.check().accept(null, refusal);
            return;
        } finally {
            state.clearLookups();
        }
        commit(decision.events());
        call.check().accept(decision, null);
    }

    private void commit(List<QueueEvent> events) {
        if (!events.isEmpty()) {
            events.forEach(state::apply);
            disk.commit(number, events, state.head());
        }
    }

    private Read begin(ReadRequest need) {
        state.begin(need);
        Read read = new Read(need, disk.committed());
        reads.add(read);
        return read;
    }

    private void fetch(Read read) {
        disk.drainTo(read.committed);
        if (random.nextBoolean()) {
            disk.drainAll();
        }
        read.rows = disk.read(number, read.need);
        read.last = read.rows.size() < read.need.limit();
        if (read.need.kind() != ReadRequest.ReadKind.FIND && !read.rows.isEmpty() && random.nextInt(4) == 0) {
            read.rows = read.rows.subList(0, 1 + random.nextInt(read.rows.size()));
            read.last = false;
        }
    }

    private void finish(Read read) {
        if (read.rows == null) {
            fetch(read);
        }
        reads.remove(read);
        state.supply(read.need, read.rows, read.last);
    }

    /** Whether a read of that kind is under way and another must wait for it; never so for lookups. */
    private boolean isReading(ReadRequest.ReadKind kind) {
        return kind != ReadRequest.ReadKind.FIND && reads.stream().anyMatch(read -> read.need.kind() == kind);
    }

    private Read underWay(ReadRequest.ReadKind kind) {
        return reads.stream()
                .filter(read -> read.need.kind() == kind)
                .findFirst()
                .orElseThrow();
    }
}
