package dev.sluice.api.message;

import dev.sluice.api.json.JsonCursor;
import dev.sluice.api.json.JsonField;
import dev.sluice.api.json.ValidationErrors;
import dev.sluice.queue.Limits;
import dev.sluice.queue.Pull;
import dev.sluice.queue.QueueError;

/**
 * Reads the bodies of pull, peek and preview requests (docs/api.md 6.3 and 6.5). An empty body says the same as {@code {}}; null
 * counts as absent. One instance per event loop.
 */
public final class PullDecoder {
    /**
     * What a pull asks for; {@link Pull#FROM_CONSUMER} where it does not say.
     *
     * @param batchSize messages
     * @param visibilityTimeoutMillis length of the leases
     */
    public record PullRequest(int batchSize, int visibilityTimeoutMillis) {}

    private static final PullRequest UNSAID = new PullRequest(Pull.FROM_CONSUMER, Pull.FROM_CONSUMER);

    private final Limits limits;
    private final JsonCursor cursor;
    private final JsonField batchSize = new JsonField("batch_size");
    private final JsonField timeout = new JsonField("visibility_timeout_ms");
    private final JsonField timeoutAlias = new JsonField("visibility_timeout");
    private final ValidationErrors faults = new ValidationErrors();

    /** A decoder that checks against these limits. */
    public PullDecoder(Limits limits) {
        this.limits = limits;
        this.cursor = new JsonCursor(limits.jsonDepthMax());
    }

    /**
     * Reads {@code batch_size} and {@code visibility_timeout_ms}, or its older spelling {@code visibility_timeout} (also in
     * milliseconds), which counts only if the newer one is absent but must be in range all the same.
     *
     * @throws dev.sluice.queue.QueueException 10208, 10207
     */
    public PullRequest pull(byte[] request) {
        if (request.length == 0) {
            return UNSAID;
        }
        read(request, true);
        int messages = integer(batchSize, request, limits.pullMessagesMax());
        int millis = integer(timeout, request, limits.visibilityTimeoutMillisMax());
        int aliasMillis = integer(timeoutAlias, request, limits.visibilityTimeoutMillisMax());
        faults.raise();
        return new PullRequest(messages, timeout.given() ? millis : aliasMillis);
    }

    /**
     * Reads {@code batch_size} only.
     *
     * @return messages, or {@link Pull#FROM_CONSUMER}
     * @throws dev.sluice.queue.QueueException 10208, 10207
     */
    public int peek(byte[] request) {
        if (request.length == 0) {
            return Pull.FROM_CONSUMER;
        }
        read(request, false);
        int messages = integer(batchSize, request, limits.pullMessagesMax());
        faults.raise();
        return messages;
    }

    private void read(byte[] request, boolean timeouts) {
        faults.clear();
        batchSize.clear();
        timeout.clear();
        timeoutAlias.clear();
        cursor.open(request);
        JsonCursor.JsonType kind = cursor.kind();
        if (kind != JsonCursor.JsonType.OBJECT) {
            faults.expected("object", kind, ValidationErrors.JsonPath.ROOT);
            cursor.skip();
        } else if (cursor.enterObject()) {
            do {
                boolean taken =
                        batchSize.take(cursor) || timeouts && (timeout.take(cursor) || timeoutAlias.take(cursor));
                if (!taken) {
                    cursor.skip();
                }
            } while (cursor.nextField());
        }
        cursor.close();
    }

    private int integer(JsonField field, byte[] request, int max) {
        if (!field.given()) {
            return Pull.FROM_CONSUMER;
        }
        ValidationErrors.JsonPath path = ValidationErrors.JsonPath.of(field.name());
        if (field.kind() != JsonCursor.JsonType.NUMBER) {
            faults.expected("number", field.kind(), path);
            return Pull.FROM_CONSUMER;
        }
        long value = field.integer(request, 1, max);
        if (value == JsonField.NOT_AN_INTEGER) {
            faults.shape(QueueError.MESSAGE_BODY_INVALID, "Expected integer from 1 to " + max + path.at());
        }
        return (int) value;
    }
}
