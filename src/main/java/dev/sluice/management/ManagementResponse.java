package dev.sluice.management;

import io.vertx.core.buffer.Buffer;
import java.util.Map;

/**
 * A response of the management port.
 *
 * @param status HTTP status
 * @param contentType media type of the body
 * @param body the whole body
 * @param headers further response headers
 */
record ManagementResponse(int status, String contentType, Buffer body, Map<String, String> headers) {
    private static final String PLAIN = "text/plain; charset=utf-8";

    /** A line of plain text. */
    static ManagementResponse line(int status, String line) {
        return new ManagementResponse(status, PLAIN, Buffer.buffer(line + "\n"), Map.of());
    }

    /** A line of plain text with one response header. */
    static ManagementResponse line(int status, String line, String header, String value) {
        return new ManagementResponse(status, PLAIN, Buffer.buffer(line + "\n"), Map.of(header, value));
    }

    /** A JSON object in one line. */
    static ManagementResponse json(int status, String object) {
        return new ManagementResponse(status, "application/json", Buffer.buffer(object + "\n"), Map.of());
    }
}
