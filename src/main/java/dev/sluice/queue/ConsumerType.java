package dev.sluice.queue;

/** Who takes the messages of a queue (docs/api.md 5). */
public enum ConsumerType {
    /** Anyone who pulls over HTTP. */
    HTTP_PULL("http_pull"),
    /** A Worker script, to which batches are pushed. */
    WORKER("worker");

    private final String wireName;

    ConsumerType(String wireName) {
        this.wireName = wireName;
    }

    /** The value of {@code type} on the wire. */
    public String wireName() {
        return wireName;
    }

    /** The type of that name, or null. */
    public static ConsumerType ofWireName(String name) {
        for (ConsumerType type : values()) {
            if (type.wireName.equals(name)) {
                return type;
            }
        }
        return null;
    }
}
