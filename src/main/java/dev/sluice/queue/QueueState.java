package dev.sluice.queue;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The state of one queue in memory: settings, all leases, and a window on each index of the messages on disk.
 *
 * <p>Commands read it and change nothing. {@link #apply} changes its messages, {@link #configure} its settings. Not
 * safe for use from several threads; the owner calls it from one thread at a time, in this order:
 *
 * <ul>
 *   <li>Before a command it runs {@link Expire} if {@link #deadlineMillis} is not in the future.
 *   <li>While {@link QueueCommand#requiredRead} returns a request: {@link #begin}, a read of the store that sees
 *       everything committed before, {@link #supply}. If a read of that kind is already in progress, the command waits
 *       for it and asks again. Other commands may run in the meantime.
 *   <li>{@code decide}, {@link #clearLookups}, {@code apply} for each event, {@link #head} for the batch, all in one
 *       task.
 *   <li>Afterwards {@link #readAhead} returns what to read ahead.
 * </ul>
 */
public final class QueueState {
    /** The default for the number of messages that each of the four windows holds at most. */
    public static final int WINDOW_MESSAGES_MAX = 1024;

    private static final long MILLIS_PER_SECOND = 1_000;

    private final Limits limits;
    private final Backlog backlog;
    private final PushRate pushRate;
    private final Retention retention;

    private QueueSettings settings;
    private @Nullable Consumer consumer;

    /** Loads the state with windows of the default size and the retention of the settings. */
    public QueueState(
            QueueSettings settings, @Nullable Consumer consumer, Limits limits, QueueImage image, ByteBudget budget) {
        this(settings, consumer, limits, image, budget, WINDOW_MESSAGES_MAX, Retention.BY_SETTING);
    }

    /**
     * Loads the state from what the store keeps.
     *
     * @param consumer null if there is none
     * @param windowMessagesMax messages that each of the four windows holds at most, from 1
     * @param retention until when messages are kept
     */
    public QueueState(
            QueueSettings settings,
            @Nullable Consumer consumer,
            Limits limits,
            QueueImage image,
            ByteBudget budget,
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
     * Replaces settings and consumer. Earlier decisions stay as they are.
     *
     * @param newConsumer null if there is none
     */
    public void configure(QueueSettings newSettings, @Nullable Consumer newConsumer) {
        settings = newSettings;
        consumer = newConsumer;
    }

    /** Applies one event to the state in memory. */
    public void apply(QueueEvent event) {
        backlog.apply(event);
        if (event instanceof QueueEvent.Enqueued enqueued && enqueued.origin() == null) {
            pushRate.consume(enqueued.header().storedAtMillis());
        }
    }

    /** The last move of dead letters to a queue that is stored apart. */
    public DeadLetterMove move() {
        return backlog.move();
    }

    /** Returns the head to store in the same batch as the events applied so far. */
    public QueueHead head() {
        Windows windows = backlog.windows();
        return new QueueHead(
                backlog.nextSeq(),
                windows.arrivalsFromSeq(backlog.nextSeq()),
                backlog.count(),
                backlog.bytes(),
                windows.scheduledCount(),
                windows.originalTimestampCount(),
                windows.scheduleFromMillis(),
                windows.scheduledFromSeq(backlog.nextSeq()),
                windows.originalTimestampFromMillis(),
                backlog.storedAtMillis(),
                backlog.purgedBelowSeq(),
                backlog.purgedAtMillis(),
                activationMillis());
    }

    /** Dead-letter transfers need the queue in memory, so a queue that has any is activated at once. */
    private long activationMillis() {
        return backlog.deadLetterTransfers().size() == 0 && !backlog.move().isActive() ? deadlineMillis() : 0;
    }

    /**
     * Returns the backlog. Count and bytes are exact. The oldest timestamp is exact too, unless the head of a window
     * still has to be read: then it is the best lower bound, 0 if there is none.
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

    /** Returns the backlog by state. */
    public BacklogSnapshot snapshot(long nowMillis) {
        boolean isOldestKnown = new ReadMetrics().requiredRead(this, nowMillis) == null;
        return backlog.snapshot(nowMillis, isOldestKnown ? metrics().oldestTimestampMillis() : BacklogSnapshot.UNKNOWN);
    }

    /**
     * Returns when the queue has work without a request: the first end of a lease or of a message's retention; {@link
     * Long#MAX_VALUE} if never. Never too late. It may be too early where the head of a window still has to be read;
     * {@link Expire} then asks for that read.
     */
    public long deadlineMillis() {
        Windows windows = backlog.windows();
        long storedAt = Math.min(windows.oldestArrivalStoredAtMillis(), windows.oldestScheduledStoredAtMillis());
        return Math.min(backlog.leases().firstEndMillis(), retainedUntilMillis(storedAt));
    }

    /**
     * Returns a time from which a pull may return messages: exact or too early, never too late. {@link Long#MAX_VALUE}
     * if only the end of a lease or a push can make a message available.
     */
    public long nextReadyMillis() {
        Windows windows = backlog.windows();
        return Math.min(windows.oldestArrivalStoredAtMillis(), windows.scheduleFromMillis());
    }

    /** Returns whether a message is still in the place where a command found it ready. */
    public boolean isReady(ReadyMessage message, long nowMillis) {
        long seq = message.header().seq();
        if (message.isArrival()) {
            return backlog.windows().arrivals.find(0, seq) != null;
        }
        ScheduledMessage scheduled = backlog.windows().schedule.find(message.availableAtMillis(), seq);
        return message.availableAtMillis() <= nowMillis
                && scheduled != null
                && scheduled.deliveries() == message.deliveries();
    }

    /**
     * Returns from when a pull would return that many messages; in the past if it would now. {@link Long#MAX_VALUE} if
     * there are fewer messages or if the schedule has to be read first.
     */
    public long readyMillis(int messages) {
        return backlog.readyMillis(messages);
    }

    /** Starts to track changes for a read that begins now. At most one read per kind at a time, except for lookups. */
    public void begin(ReadRequest read) {
        if (read.kind() == ReadRequest.ReadKind.LOOKUP) {
            backlog.lookups().begin(read);
        } else {
            backlog.windows().begin(read);
        }
    }

    /**
     * Ends a read with its rows.
     *
     * @param read the object that {@link #begin} got (compared by identity)
     * @param rows of the type that {@link ReadRequest.ReadKind} names, in order
     * @param last whether the index has no rows behind them; if it may have, there is at least one row. Ignored for
     *     lookups
     */
    public void supply(ReadRequest read, List<?> rows, boolean last) {
        if (read.kind() == ReadRequest.ReadKind.LOOKUP) {
            backlog.lookups().supply(read, rows);
        } else {
            backlog.windows().supply(read, rows, last);
        }
    }

    /** Ends a read that failed. */
    public void abandon(ReadRequest read) {
        if (read.kind() == ReadRequest.ReadKind.LOOKUP) {
            backlog.lookups().abandon(read);
        } else {
            backlog.windows().of(read.kind()).abandon();
        }
    }

    /** Returns the number below which memory holds every arrival; {@link Long#MAX_VALUE} if it holds all of them. */
    public long arrivalsKnownBelowSeq() {
        return backlog.windows().arrivals.boundSeq();
    }

    /** Returns what should be read ahead because a window runs low, or null. */
    public @Nullable ReadRequest readAhead() {
        return backlog.windows().readAhead();
    }

    /** Drops the results of lookups. Call it when the command that asked for them is decided. */
    public void clearLookups() {
        backlog.lookups().clear();
    }

    /**
     * Returns messages that are being dead-lettered and are still stored in this queue, in order of number.
     *
     * @param fromSeq smallest number to return
     * @param limit messages at most
     */
    public List<QueueEvent.DeadLettering> deadLettering(long fromSeq, int limit) {
        return backlog.deadLetterTransfers().inTransfer(fromSeq, limit);
    }

    /**
     * Returns the numbers of messages that the dead letter queue already has and whose markers were found on disk at
     * load; pass them to {@link ConfirmDeadLettered}.
     */
    public List<Long> unconfirmed() {
        return backlog.deadLetterTransfers().unconfirmed();
    }

    /** Returns the number of messages leased to consumers. */
    public int leaseCount() {
        return backlog.leases().size();
    }

    public QueueSettings settings() {
        return settings;
    }

    /** Returns the consumer, or null. */
    public @Nullable Consumer consumer() {
        return consumer;
    }

    /** Releases the memory budget. The state must not be used afterwards. */
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

    /** Returns whether a message is older than the queue keeps messages. */
    boolean isPastRetention(MessageHeader header, long nowMillis) {
        return retainedUntilMillis(header.storedAtMillis()) <= nowMillis;
    }

    /** Returns when a message that was stored at that time expires; {@link Long#MAX_VALUE} is returned unchanged. */
    long retainedUntilMillis(long storedAtMillis) {
        return storedAtMillis == Long.MAX_VALUE
                ? storedAtMillis
                : retention.keptUntilMillis(storedAtMillis, settings.retentionSeconds() * MILLIS_PER_SECOND);
    }

    /** The delay of a retry that gives none (docs/api.md 11.2). */
    long retryDelayMillis() {
        return consumer == null ? 0 : consumer.settings().retryDelaySeconds() * MILLIS_PER_SECOND;
    }

    /**
     * Returns the event for a message whose delivery failed (docs/api.md 11.4, 11.5, 11.10). Past its retention it is
     * removed. After the last allowed delivery it is removed or dead-lettered. Otherwise it is released to the
     * schedule. Without a consumer no delivery is the last.
     */
    QueueEvent onFailedDelivery(Lease lease, DeadLetterReason reason, long availableAtMillis, long nowMillis) {
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
                : new QueueEvent.DeadLettering(lease, reason, nowMillis);
    }
}
