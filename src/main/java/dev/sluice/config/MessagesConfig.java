package dev.sluice.config;

/**
 * Options where Cloudflare's documentation and service differ.
 *
 * @param jsonBodyEncoding how a pull returns a JSON body
 * @param strictJsonBodies whether a JSON body must be an object or an array, as documented
 * @param strictQueueNames whether queue names must be lower-case letters, digits and hyphens, as documented
 */
public record MessagesConfig(JsonBodyEncoding jsonBodyEncoding, boolean strictJsonBodies, boolean strictQueueNames) {
    /** What Cloudflare documents, except that any JSON value and the older queue names are accepted. */
    public static final MessagesConfig DEFAULT = new MessagesConfig(JsonBodyEncoding.BASE64, false, false);

    /** How a pull returns a JSON body. */
    public enum JsonBodyEncoding {
        /** Base64 of the JSON text, as documented. */
        BASE64,
        /** The JSON text itself, as the service often does. */
        PLAIN
    }
}
