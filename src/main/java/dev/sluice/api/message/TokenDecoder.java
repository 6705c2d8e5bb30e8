package dev.sluice.api.message;

import dev.sluice.api.error.EdgeError;
import dev.sluice.api.error.EdgeException;
import dev.sluice.api.json.JsonCursor;
import dev.sluice.api.json.ValidationErrors;
import dev.sluice.queue.Limits;
import java.util.List;

/**
 * Decodes the bodies of requests that identify messages by token: ack and preview/ack (docs/api.md 6.4), and purge by
 * ref (6.6). Does not verify the tokens. One instance per event loop.
 */
public final class TokenDecoder {
    /**
     * An acknowledgement.
     *
     * @param acks lease ids as sent
     * @param retries lease ids as sent
     * @param retryDelaysSeconds for each retry 0 … 86400, or {@link dev.sluice.queue.NewMessage#DELAY_UNSET}
     */
    public record AckRequest(List<String> acks, List<String> retries, List<Integer> retryDelaysSeconds) {}

    private final Limits limits;
    private final JsonCursor cursor;
    private final TokenList acks;
    private final TokenList retries;
    private final TokenList refs;
    private final ValidationErrors errors = new ValidationErrors();

    public TokenDecoder(Limits limits) {
        this.limits = limits;
        this.cursor = new JsonCursor(limits.jsonDepthMax());
        int entriesMax = limits.ackEntriesMax();
        this.acks = new TokenList("acks", "lease_id", false, entriesMax, limits.delaySecondsMax());
        this.retries = new TokenList("retries", "lease_id", true, entriesMax, limits.delaySecondsMax());
        this.refs = new TokenList("refs", "ref", false, entriesMax, limits.delaySecondsMax());
    }

    /**
     * Decodes {@code acks} and {@code retries}. Each is optional; null counts as absent.
     *
     * @throws EdgeException 10208, 10207 (also for too many entries), 10203 for the delay of a retry
     */
    public AckRequest ack(byte[] request) {
        acks.clear();
        retries.clear();
        if (open(request)) {
            do {
                if (!acks.tryRead(cursor, request, true) && !retries.tryRead(cursor, request, true)) {
                    cursor.skip();
                }
            } while (cursor.nextField());
        }
        cursor.close();
        errors.throwFirst();
        acks.errors().throwFirst();
        retries.errors().throwFirst();
        checkCount(acks.tokens().size() + retries.tokens().size());
        return new AckRequest(acks.tokens(), retries.tokens(), retries.delaysSeconds());
    }

    /**
     * Decodes {@code refs}, which is required and may be empty.
     *
     * @throws EdgeException 10208, 10207
     */
    public List<String> refs(byte[] request) {
        refs.clear();
        if (open(request)) {
            do {
                if (!refs.tryRead(cursor, request, false)) {
                    cursor.skip();
                }
            } while (cursor.nextField());
        }
        cursor.close();
        if (!refs.seen()) {
            errors.addMissing(ValidationErrors.JsonPath.of("refs"));
        }
        errors.throwFirst();
        refs.errors().throwFirst();
        checkCount(refs.tokens().size());
        return refs.tokens();
    }

    /** Opens the request. Returns true if it is an object with at least one field. */
    private boolean open(byte[] request) {
        errors.clear();
        cursor.open(request);
        JsonCursor.JsonType kind = cursor.kind();
        if (kind == JsonCursor.JsonType.OBJECT) {
            return cursor.enterObject();
        }
        errors.addWrongType("object", kind, ValidationErrors.JsonPath.ROOT);
        cursor.skip();
        return false;
    }

    private void checkCount(int entries) {
        if (entries > limits.ackEntriesMax()) {
            throw new EdgeException(
                    EdgeError.MESSAGE_BODY_INVALID, "A request holds at most " + limits.ackEntriesMax() + " entries.");
        }
    }
}
