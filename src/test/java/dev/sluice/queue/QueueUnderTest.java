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
 * A queue, its model, and the part of the runtime between the queue and its store: required reads, reads in progress,
 * parked commands. The progress of a read when another command runs is random.
 */
final class QueueUnderTest {
    /** A command; {@code check} compares its decision with the model at the time of the decision. */
    record Call<R>(QueueCommand<R> command, BiConsumer<Decision<R>, QueueException> check) {}

    private static final class Read {
        final ReadRequest request;
        /** Everything committed before the read began. */
        final long committed;

        List<?> rows;
        boolean last;

        Read(ReadRequest request, long committed) {
            this.request = request;
            this.committed = committed;
        }
    }

    private static final class Parked {
        final Call<?> call;
        /** The read it waits for; null if it waits for a read that another command began. */
        Read read;

        Parked(Call<?> call) {
            this.call = call;
        }
    }

    private static final int PARKED_MAX = 3;

    final long number;
    final NaiveQueue model = new NaiveQueue();
    final List<LeaseId> tokens = new ArrayList<>();
    /** Dead deadLetters with contents, ready to be sent to the dead letter queue. */
    final List<AcceptDeadLetters.DeadLetter> deadLetters = new ArrayList<>();
    /** Candidates of pulls whose second step is still to come. */
    final List<List<ReadyMessage>> chosen = new ArrayList<>();
    /** The numbers of those candidates. */
    final Set<Long> reserved = new HashSet<>();
    /** Leases of the last pulls. */
    final List<Release.Unsent> unsent = new ArrayList<>();
    /** Messages that the dead letter queue has and that are to be confirmed. */
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

    /** Loads the state from disk. Calls in progress are lost, as after a crash of the process. */
    void load() {
        reads.clear();
        parked.clear();
        deadLetters.clear();
        chosen.clear();
        reserved.clear();
        toConfirm.clear();
        state = new QueueState(
                model.settings,
                model.consumer,
                limits,
                disk.load(number),
                ByteBudget.unbounded(),
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
                finish(entry.read != null ? entry.read : inProgress(kind));
            }
        } else if (!attempt(entry, nowMillis)) {
            parked.add(entry);
        }
    }

    /** Advances a random read by a step, retries a parked command, or starts a read ahead. */
    void proceed(long nowMillis) {
        int choice = random.nextInt(4);
        if (choice == 0 || reads.isEmpty()) {
            ReadRequest readAhead = state.readAhead();
            if (readAhead != null) {
                begin(readAhead);
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

    /** Ends all reads and parked commands. */
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

    /** Runs what the timer of the queue would run, until nothing is due. */
    void expire(long nowMillis) {
        model.expire(nowMillis);
        while (state.deadlineMillis() <= nowMillis) {
            Expire command = new Expire(1 + random.nextInt(3));
            ReadRequest request = command.requiredRead(state, nowMillis);
            while (request != null) {
                finish(isReading(request.kind()) ? inProgress(request.kind()) : begin(request));
                request = command.requiredRead(state, nowMillis);
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

    /** Tries a command; returns false if a read must come first. */
    private boolean attempt(Parked entry, long nowMillis) {
        expire(nowMillis);
        entry.read = null;
        ReadRequest request = entry.call.command().requiredRead(state, nowMillis);
        if (request != null) {
            if (!isReading(request.kind())) {
                entry.read = begin(request);
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

    private Read begin(ReadRequest request) {
        state.begin(request);
        Read read = new Read(request, disk.committed());
        reads.add(read);
        return read;
    }

    private void fetch(Read read) {
        disk.drainTo(read.committed);
        if (random.nextBoolean()) {
            disk.drainAll();
        }
        read.rows = disk.read(number, read.request);
        read.last = read.rows.size() < read.request.limit();
        if (read.request.kind() != ReadRequest.ReadKind.LOOKUP && !read.rows.isEmpty() && random.nextInt(4) == 0) {
            read.rows = read.rows.subList(0, 1 + random.nextInt(read.rows.size()));
            read.last = false;
        }
    }

    private void finish(Read read) {
        if (read.rows == null) {
            fetch(read);
        }
        reads.remove(read);
        state.supply(read.request, read.rows, read.last);
    }

    /** Returns whether a read of that kind is in progress and another one must wait for it; never for lookups. */
    private boolean isReading(ReadRequest.ReadKind kind) {
        return kind != ReadRequest.ReadKind.LOOKUP && reads.stream().anyMatch(read -> read.request.kind() == kind);
    }

    private Read inProgress(ReadRequest.ReadKind kind) {
        return reads.stream()
                .filter(read -> read.request.kind() == kind)
                .findFirst()
                .orElseThrow();
    }
}
