package dev.sluice.queue;

import org.jspecify.annotations.Nullable;

/** How the messages of a queue are consumed (docs/api.md 5). */
public enum ConsumerType {
    /** Clients pull over HTTP. */
    HTTP_PULL("http_pull"),
    /** Batches are pushed to a Worker script. */
    WORKER("worker");

    private final String wireName;

    ConsumerType(String wireName) {
        this.wireName = wireName;
    }

    /** The value of {@code type} on the wire. */
    public String wireName() {
        return wireName;
    }

    /** Returns the type with that name, or null. */
    public static @Nullable ConsumerType ofWireName(String name) {
        for (ConsumerType type : values()) {
            if (type.wireName.equals(name)) {
                return type;
            }
        }
        return null;
    }
}
