package dev.sluice.queue;

/** How the last attempt of a dead letter failed. */
public enum DeadLetterReason {
    /** The consumer asked for a retry. */
    RETRIED(1, "retried"),
    /** The consumer did not acknowledge the message in time. */
    LEASE_EXPIRED(2, "lease_expired");

    private final int tag;
    private final String wireName;

    DeadLetterReason(int tag, String wireName) {
        this.tag = tag;
        this.wireName = wireName;
    }

    /** Identifies the reason on disk. Never changes. */
    public int tag() {
        return tag;
    }

    /** The name in metadata. */
    public String wireName() {
        return wireName;
    }

    /**
     * The reason with that tag.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static DeadLetterReason ofTag(int tag) {
        for (DeadLetterReason reason : values()) {
            if (reason.tag == tag) {
                return reason;
            }
        }
        throw new IllegalArgumentException("no dead letter reason has the tag " + tag);
    }
}
