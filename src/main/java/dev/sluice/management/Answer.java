package dev.sluice.management;

import java.util.Map;

/**
 * What a request to the management port is answered with.
 *
 * @param status HTTP status
 * @param contentType media type of the text
 * @param text the whole body
 * @param headers further response headers
 */
record Answer(int status, String contentType, String text, Map<String, String> headers) {
    private static final String PLAIN = "text/plain; charset=utf-8";

    /** A line of plain text. */
    static Answer line(int status, String line) {
        return new Answer(status, PLAIN, line + "\n", Map.of());
    }

    /** A line of plain text with one response header. */
    static Answer line(int status, String line, String header, String value) {
        return new Answer(status, PLAIN, line + "\n", Map.of(header, value));
    }

    /** A JSON object in one line. */
    static Answer json(int status, String object) {
        return new Answer(status, "application/json", object + "\n", Map.of());
    }
}
