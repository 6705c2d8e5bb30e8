package dev.sluice.queue;

import java.util.List;

/**
 * One queue as far as memory holds it: settings, all leases, and a window of everything else.
 *
 * <p>Commands look at it and change nothing; {@link #apply} changes its messages and {@link #configure} its rules. Its owner calls
 * it from one thread at a time:
 *
 * <ul>
 *   <li>Before a command it runs {@link Expire} if {@link #deadlineMillis} is not in the future.
 *   <li>While {@code command.need} asks for something: {@link #begin}, a read of the store that sees all that was committed
 *       before, {@link #supply}. If a read of that kind is under way already, it waits for that one instead
 *       and asks again. Other commands may run in the meantime.
 *   <li>{@code decide}, {@link #clearLookups}, {@code apply} for each event, {@link #head} for the batch, all in one turn.
 *   <li>Afterwards {@link #readAhead} says what to read ahead.
 * </ul>
 */
public final class QueueState {
    /** Messages that each of the four windows holds at most, unless the owner says otherwise. */
    public static final int WINDOW_MESSAGES_MAX = 1024;

    private static final long MILLIS_PER_SECOND = 1_000;

    private final Limits limits;
    private final Backlog backlog;
    private final PushRate pushRate;
    private final Retention retention;

    private QueueSettings settings;
    private Consumer consumer;

    /** The queue as the store left it, with windows of the usual size and no other retention than that of the settings. */
    public QueueState(QueueSettings settings, Consumer consumer, Limits limits, QueueImage image, MemoryBudget budget) {
        this(settings, consumer, limits, image, budget, WINDOW_MESSAGES_MAX, Retention.BY_SETTING);
    }

    /**
     * The queue as the store left it.
     *
     * @param consumer null if there is none
     * @param windowMessagesMax messages that each of the four windows holds at most, from 1
     * @param retention until when messages are kept
     */
    public QueueState(
            QueueSettings settings,
            Consumer consumer,
            Limits limits,
            QueueImage image,
            MemoryBudget budget,
            int windowMessagesMax,
            Retention retention) {
        this.settings = settings;
        this.consumer = consumer;
        this.limits = limits;
        this.retention = retention;
        this.pushRate = new PushRate(limits.messagesPerSecondMax());
        this.backlog = new Backlog(image, budget, windowMessagesMax);
    }

    /**
     * Changes the rules from now on; nothing that was decided before changes.
     *
     * @param newConsumer null if there is none
     */
    public void configure(QueueSettings newSettings, Consumer newConsumer) {
        settings = newSettings;
        consumer = newConsumer;
    }

    /** Changes memory by one fact. */
    public void apply(QueueEvent event) {
        backlog.apply(event);
        if (event instanceof QueueEvent.Enqueued enqueued && enqueued.origin() == null) {
            pushRate.take(enqueued.header().storedAtMillis());
        }
    }

    /** What to store with the events applied so far. */
    public QueueHead head() {
        Windows windows = backlog.windows();
        return new QueueHead(
                backlog.nextSeq(),
                windows.arrivalsFromSeq(backlog.nextSeq()),
                backlog.count(),
                backlog.bytes(),
                windows.waitingCount(),
                windows.originalTimestampCount(),
                windows.scheduleFromMillis(),
                windows.waitingFromSeq(backlog.nextSeq()),
                windows.originalTimestampFromMillis(),
                backlog.storedAtMillis(),
                backlog.purgedBelowSeq(),
                backlog.purgedAtMillis(),
                wakeMillis());
    }

    /** A queue that is not in memory sees nobody off, so one with departing messages is to be woken at once. */
    private long wakeMillis() {
        return backlog.deadLetterTransfers().size() == 0 ? deadlineMillis() : 0;
    }

    /**
     * The backlog. Count and bytes are exact; the oldest timestamp is exact too unless the head of a window is still to be read:
     * then it is the best lower bound, 0 if there is none.
     */
    public BacklogStats metrics() {
        if (backlog.count() == 0) {
            return BacklogStats.EMPTY;
        }
        long oldest = Math.min(
                backlog.windows().oldestTimestampMillis(),
                backlog.deadLetterTransfers().oldestTimestampMillis());
        Lease lease = backlog.leases().oldest();
        if (lease != null) {
            oldest = Math.min(oldest, lease.header().timestampMillis());
        }
        return new BacklogStats(backlog.count(), backlog.bytes(), oldest);
    }

    /**
     * When the queue has something to do by itself, {@link Long#MAX_VALUE} if never: the end of a lease, or of a message's
     * retention. Never too late; too early where a head is still to be read, which {@link Expire} then asks for.
     */
    public long deadlineMillis() {
        Windows windows = backlog.windows();
        long storedAt = Math.min(windows.oldestArrivalStoredAtMillis(), windows.oldestWaitingStoredAtMillis());
        return Math.min(backlog.leases().firstEndMillis(), retainedUntilMillis(storedAt));
    }

    /**
     * From when on a pull would get something, or not later; {@link Long#MAX_VALUE} if there is nothing to wait for but leases
     * and pushes.
     */
    public long nextReadyMillis() {
        Windows windows = backlog.windows();
        return Math.min(windows.oldestArrivalStoredAtMillis(), windows.scheduleFromMillis());
    }

    /** Whether a message is where it was when a command found it ready. */
    public boolean isReady(ReadyMessage message, long nowMillis) {
        long seq = message.header().seq();
        if (message.isArrival()) {
            return backlog.windows().arrivals.find(0, seq) != null;
        }
        ScheduledMessage waiting = backlog.windows().schedule.find(message.waitedUntilMillis(), seq);
        return message.waitedUntilMillis() <= nowMillis
                && waiting != null
                && waiting.deliveries() == message.deliveries();
    }

    /**
     * From when on a pull would get that many messages, in the past if it would now; {@link Long#MAX_VALUE} if there are not as many,
     * or if the schedule is to be read first.
     */
    public long readyMillis(int messages) {
        return backlog.readyMillis(messages);
    }

    /** Starts tracking what changes while a read is under way. At most one read per kind, except for lookups. */
    public void begin(ReadRequest need) {
        if (need.kind() == ReadRequest.ReadKind.FIND) {
            backlog.lookups().begin(need);
        } else {
            backlog.windows().begin(need);
        }
    }

    /**
     * Takes the rows of a read.
     *
     * @param need the same object that {@link #begin} got
     * @param rows of the type that {@link ReadRequest.ReadKind} names, in order
     * @param last whether nothing lies behind them; if something may, there is one row at least. Means nothing for lookups
     */
    public void supply(ReadRequest need, List<?> rows, boolean last) {
        if (need.kind() == ReadRequest.ReadKind.FIND) {
            backlog.lookups().supply(need, rows);
        } else {
            backlog.windows().supply(need, rows, last);
        }
    }

    /** Ends a read that failed. */
    public void abandon(ReadRequest need) {
        if (need.kind() == ReadRequest.ReadKind.FIND) {
            backlog.lookups().abandon(need);
        } else {
            backlog.windows().of(need.kind()).abandon();
        }
    }

    /** The number below which memory knows every arrival; {@link Long#MAX_VALUE} if it knows all there are. */
    public long arrivalsKnownBelowSeq() {
        return backlog.windows().arrivals.boundSeq();
    }

    /** What should be read ahead because a window runs low, or null. */
    public ReadRequest readAhead() {
        return backlog.windows().readAhead();
    }

    /** Drops what lookups found; to be called when the command that asked is decided. */
    public void clearLookups() {
        backlog.lookups().clear();
    }

    /**
     * Messages on their way to the dead letter queue and still stored here.
     *
     * @param fromSeq smallest number of interest
     * @param limit messages at most
     */
    public List<Lease> deadLettering(long fromSeq, int limit) {
        return backlog.deadLetterTransfers().inTransfer(fromSeq, limit);
    }

    /** Found at the start: messages that the dead letter queue has; to be handed to {@link ConfirmDeadLettered}. */
    public List<Long> unconfirmed() {
        return backlog.deadLetterTransfers().unconfirmed();
    }

    /** Messages in the hands of consumers. */
    public int leaseCount() {
        return backlog.leases().size();
    }

    /** The settings in force. */
    public QueueSettings settings() {
        return settings;
    }

    /** The consumer in force, or null. */
    public Consumer consumer() {
        return consumer;
    }

    /** Gives the memory budget back; the state is not used again. */
    public void close() {
        backlog.windows().close();
    }

    Backlog backlog() {
        return backlog;
    }

    Limits limits() {
        return limits;
    }

    PushRate pushRate() {
        return pushRate;
    }

    /** Whether a message is older than the queue keeps messages. */
    boolean isPastRetention(MessageHeader header, long nowMillis) {
        return retainedUntilMillis(header.storedAtMillis()) <= nowMillis;
    }

    /** When a message stored at that time is too old; {@link Long#MAX_VALUE} stays what it is. */
    long retainedUntilMillis(long storedAtMillis) {
        return storedAtMillis == Long.MAX_VALUE
                ? storedAtMillis
                : retention.keptUntilMillis(storedAtMillis, settings.retentionSeconds() * MILLIS_PER_SECOND);
    }

    /** The delay of a retry that brings none (docs/api.md 11.2). */
    long retryDelayMillis() {
        return consumer == null ? 0 : consumer.settings().retryDelaySeconds() * MILLIS_PER_SECOND;
    }

    /**
     * What becomes of a message whose delivery failed (docs/api.md 11.4, 11.5, 11.10): too old, it goes; after its last allowed delivery it
     * goes or departs; otherwise it waits. Without a consumer nobody says which delivery is the last.
     */
    QueueEvent failed(Lease lease, long availableAtMillis, long nowMillis) {
        if (isPastRetention(lease.header(), nowMillis)) {
            return new QueueEvent.Removed(
                    lease.header(), QueueEvent.MessageLocation.LEASED, 0, QueueEvent.Cause.EXPIRED);
        }
        if (consumer == null || lease.delivery() <= consumer.settings().maxRetries()) {
            return new QueueEvent.Released(new ScheduledMessage(lease.header(), lease.delivery(), availableAtMillis));
        }
        return consumer.deadLetterQueue().isEmpty()
                ? new QueueEvent.Removed(
                        lease.header(), QueueEvent.MessageLocation.LEASED, 0, QueueEvent.Cause.EXHAUSTED)
                : new QueueEvent.DeadLettering(lease);
    }
}
