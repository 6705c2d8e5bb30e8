package dev.sluice.api.message;

import dev.sluice.api.error.EdgeError;
import dev.sluice.api.json.JsonCursor;
import dev.sluice.api.json.JsonField;
import dev.sluice.api.json.ValidationErrors;
import dev.sluice.queue.Limits;
import dev.sluice.queue.Pull;

/**
 * Decodes the bodies of pull, peek and preview requests (docs/api.md 6.3 and 6.5). An empty body means the same as
 * {@code {}}; null counts as absent. One instance per event loop.
 */
public final class PullDecoder {
    /**
     * The parameters of a pull; {@link Pull#FROM_CONSUMER} for one that is absent.
     *
     * @param batchSize messages
     * @param visibilityTimeoutMillis length of the leases
     */
    public record PullRequest(int batchSize, int visibilityTimeoutMillis) {}

    private static final PullRequest ALL_FROM_CONSUMER = new PullRequest(Pull.FROM_CONSUMER, Pull.FROM_CONSUMER);

    private final Limits limits;
    private final JsonCursor cursor;
    private final JsonField batchSize = new JsonField("batch_size");
    private final JsonField timeout = new JsonField("visibility_timeout_ms");
    private final JsonField timeoutAlias = new JsonField("visibility_timeout");
    private final ValidationErrors errors = new ValidationErrors();

    public PullDecoder(Limits limits) {
        this.limits = limits;
        this.cursor = new JsonCursor(limits.jsonDepthMax());
    }

    /**
     * Decodes {@code batch_size} and {@code visibility_timeout_ms}. Its older spelling {@code visibility_timeout}, also
     * in milliseconds, applies only if the newer one is absent, but must be in range in any case.
     *
     * @throws dev.sluice.api.error.EdgeException 10208, 10207
     */
    public PullRequest pull(byte[] request) {
        if (request.length == 0) {
            return ALL_FROM_CONSUMER;
        }
        read(request, true);
        int messages = integer(batchSize, request, limits.pullMessagesMax());
        int millis = integer(timeout, request, limits.visibilityTimeoutMillisMax());
        int aliasMillis = integer(timeoutAlias, request, limits.visibilityTimeoutMillisMax());
        errors.throwFirst();
        return new PullRequest(messages, timeout.isPresent() ? millis : aliasMillis);
    }

    /**
     * Decodes {@code batch_size} only.
     *
     * @return messages, or {@link Pull#FROM_CONSUMER}
     * @throws dev.sluice.api.error.EdgeException 10208, 10207
     */
    public int peek(byte[] request) {
        if (request.length == 0) {
            return Pull.FROM_CONSUMER;
        }
        read(request, false);
        int messages = integer(batchSize, request, limits.pullMessagesMax());
        errors.throwFirst();
        return messages;
    }

    private void read(byte[] request, boolean timeouts) {
        errors.clear();
        batchSize.clear();
        timeout.clear();
        timeoutAlias.clear();
        cursor.open(request);
        JsonCursor.JsonType kind = cursor.kind();
        if (kind != JsonCursor.JsonType.OBJECT) {
            errors.addWrongType("object", kind, ValidationErrors.JsonPath.ROOT);
            cursor.skip();
        } else if (cursor.enterObject()) {
            do {
                boolean isRead = batchSize.tryRead(cursor)
                        || timeouts && (timeout.tryRead(cursor) || timeoutAlias.tryRead(cursor));
                if (!isRead) {
                    cursor.skip();
                }
            } while (cursor.nextField());
        }
        cursor.close();
    }

    private int integer(JsonField field, byte[] request, int max) {
        JsonCursor.JsonType kind = field.kind();
        if (kind == null || kind == JsonCursor.JsonType.NULL) {
            return Pull.FROM_CONSUMER;
        }
        ValidationErrors.JsonPath path = ValidationErrors.JsonPath.of(field.name());
        if (kind != JsonCursor.JsonType.NUMBER) {
            errors.addWrongType("number", kind, path);
            return Pull.FROM_CONSUMER;
        }
        long value = field.integer(request, 1, max);
        if (value == JsonField.NOT_AN_INTEGER) {
            errors.addStructural(EdgeError.MESSAGE_BODY_INVALID, "Expected integer from 1 to " + max + path.at());
        }
        return (int) value;
    }
}
