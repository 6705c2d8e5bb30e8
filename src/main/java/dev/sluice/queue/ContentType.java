package dev.sluice.queue;

/** How a message body is interpreted (docs/api.md 11.7). The REST API has only these two types. */
public enum ContentType {
    /** The body is a string; stored as its UTF-8 bytes. */
    TEXT(1, "text"),
    /** The body is any JSON value; stored as compact JSON text in UTF-8. */
    JSON(2, "json");

    private final int tag;
    private final String wireName;

    ContentType(int tag, String wireName) {
        this.tag = tag;
        this.wireName = wireName;
    }

    /** The byte that stands for this type on disk; never changes. */
    public int tag() {
        return tag;
    }

    /** The name in requests and in {@code CF-Content-Type}. */
    public String wireName() {
        return wireName;
    }

    /** The type of a stored tag. */
    public static ContentType ofTag(int tag) {
        return switch (tag) {
            case 1 -> TEXT;
            case 2 -> JSON;
            default -> throw new IllegalArgumentException("unknown content type tag " + tag);
        };
    }
}
