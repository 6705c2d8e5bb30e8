package dev.sluice.queue;

import org.jspecify.annotations.Nullable;

/**
 * How a message body is interpreted (docs/api.md 11.7). A push of the HTTP API has the types text and json; Workers send
 * all four through the queue binding.
 */
public enum ContentType {
    /** The body is a string; stored as its UTF-8 bytes. */
    TEXT(1, "text"),
    /** The body is any JSON value; stored as compact JSON text in UTF-8. */
    JSON(2, "json"),
    /** The body is any bytes; stored as they are. */
    BYTES(3, "bytes"),
    /** The body is a JavaScript value as V8 serializes it; stored as these bytes. */
    V8(4, "v8");

    private static final ContentType[] VALUES = values();

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

    /** Whether the body is Unicode text in UTF-8, so that a JSON document can show it without base64. */
    public boolean isUnicode() {
        return this == TEXT || this == JSON;
    }

    /** The type of a stored tag. */
    public static ContentType ofTag(int tag) {
        return switch (tag) {
            case 1 -> TEXT;
            case 2 -> JSON;
            case 3 -> BYTES;
            case 4 -> V8;
            default -> throw new IllegalArgumentException("unknown content type tag " + tag);
        };
    }

    /** The type of that name in any case, or null. */
    public static @Nullable ContentType ofWireName(String name) {
        for (ContentType type : VALUES) {
            if (type.wireName.equalsIgnoreCase(name)) {
                return type;
            }
        }
        return null;
    }
}
