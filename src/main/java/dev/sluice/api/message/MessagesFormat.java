package dev.sluice.api.message;

/**
 * How message bodies of type {@code json} are accepted and shown (docs/api.md 14, choices 1 and 2).
 *
 * @param plainJsonBodies pull, peek and preview show the JSON text itself; otherwise its base64, as Cloudflare
 *     documents
 * @param strictJsonBodies a push accepts objects and arrays only; otherwise any JSON value, as the published schema
 *     says
 */
public record MessagesFormat(boolean plainJsonBodies, boolean strictJsonBodies) {
    /** What Cloudflare documents: base64 out, any JSON value in. */
    public static final MessagesFormat DOCUMENTED = new MessagesFormat(false, false);
}
