package dev.sluice.runtime.metrics;

/** What is counted per queue. Counters with the same name differ by their reason, and
 * stand in the order of their reasons. */
public enum QueueCounter {
    PUSHED("messages_pushed", "Messages stored by pushes."),
    DELIVERED("messages_delivered", "Messages delivered to consumers."),
    ACKNOWLEDGED("messages_acknowledged", "Messages acknowledged."),
    RETRIED("messages_retried", "Messages that consumers returned for a retry."),
    /** The lease of the last attempt expired. */
    DEAD_LETTERED_LEASE_EXPIRED("messages_dead_lettered", "lease_expired", Names.DEAD_LETTERED),
    /** The consumer asked for a retry after the last attempt. */
    DEAD_LETTERED_RETRIED("messages_dead_lettered", "retried", Names.DEAD_LETTERED),
    DEAD_LETTERS_RECEIVED("dead_letters_received", "Dead letters of other queues that were stored here."),
    EXPIRED("messages_expired", "Messages deleted at the end of their retention."),
    DISCARDED(
            "messages_discarded", "Messages deleted after their last attempt, because there is no dead letter queue."),
    /** The disk is nearly full. */
    REJECTED_DISK_FULL("messages_rejected", "disk_full", Names.REJECTED),
    /** The backlog would exceed its limit. */
    REJECTED_QUEUE_FULL("messages_rejected", "queue_full", Names.REJECTED),
    /** More messages per second than the limit. */
    REJECTED_RATE("messages_rejected", "rate", Names.REJECTED),
    /** Too many bytes wait for the store. */
    REJECTED_STORE_BEHIND("messages_rejected", "store_behind", Names.REJECTED),
    /** The store cannot write, or the queue is being loaded. */
    REJECTED_UNAVAILABLE("messages_rejected", "unavailable", Names.REJECTED);

    private static final class Names {
        static final String DEAD_LETTERED =
                "Messages that left for a dead letter queue, by how the last attempt failed.";
        static final String REJECTED = "Messages of pushes that the queue refused, by reason.";
    }

    private final String name;
    private final String reason;
    private final String help;

    QueueCounter(String name, String help) {
        this(name, "", help);
    }

    QueueCounter(String name, String reason, String help) {
        this.name = name;
        this.reason = reason;
        this.help = help;
    }

    /** The metric, without {@code _total}. */
    public String metric() {
        return "sluice_queue_" + name;
    }

    /** The value of the label {@code reason}; empty if the metric has no such label. */
    public String reason() {
        return reason;
    }

    /** Its place in arrays of counters. */
    @SuppressWarnings("EnumOrdinal") // Not stored: a process reads only the arrays that it made.
    public int index() {
        return ordinal();
    }

    /** Whether it counts refused messages. */
    public boolean isRefusal() {
        return help.equals(Names.REJECTED);
    }

    /** One sentence. */
    public String help() {
        return help;
    }
}
