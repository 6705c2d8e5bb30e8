package dev.sluice.api.message;

import dev.sluice.api.json.JsonCursor;
import dev.sluice.api.json.ValidationErrors;
import dev.sluice.queue.Limits;
import dev.sluice.queue.QueueError;
import dev.sluice.queue.QueueException;
import java.util.List;

/**
 * Reads the bodies of the requests that name messages by token: ack, preview/ack (docs/api.md 6.4) and purge by ref (6.6). What the
 * tokens say is not looked at here. One instance per event loop.
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
    private final ValidationErrors faults = new ValidationErrors();

    /** A decoder that checks against these limits. */
    public TokenDecoder(Limits limits) {
        this.limits = limits;
        this.cursor = new JsonCursor(limits.jsonDepthMax());
        int entriesMax = limits.ackEntriesMax();
        this.acks = new TokenList("acks", "lease_id", false, entriesMax, limits.delaySecondsMax());
        this.retries = new TokenList("retries", "lease_id", true, entriesMax, limits.delaySecondsMax());
        this.refs = new TokenList("refs", "ref", false, entriesMax, limits.delaySecondsMax());
    }

    /**
     * Reads {@code acks} and {@code retries}, each optional, null counting as absent.
     *
     * @throws QueueException 10208, 10207 (too many entries as well), 10203 for a retry's delay
     */
    public AckRequest ack(byte[] request) {
        acks.clear();
        retries.clear();
        if (open(request)) {
            do {
                if (!acks.take(cursor, request, true) && !retries.take(cursor, request, true)) {
                    cursor.skip();
                }
            } while (cursor.nextField());
        }
        cursor.close();
        faults.raise();
        acks.faults().raise();
        retries.faults().raise();
        checkCount(acks.tokens().size() + retries.tokens().size());
        return new AckRequest(acks.tokens(), retries.tokens(), retries.delaysSeconds());
    }

    /**
     * Reads {@code refs}, which is required and may be empty.
     *
     * @throws QueueException 10208, 10207
     */
    public List<String> refs(byte[] request) {
        refs.clear();
        if (open(request)) {
            do {
                if (!refs.take(cursor, request, false)) {
                    cursor.skip();
                }
            } while (cursor.nextField());
        }
        cursor.close();
        if (!refs.seen()) {
            faults.required(ValidationErrors.JsonPath.of("refs"));
        }
        faults.raise();
        refs.faults().raise();
        checkCount(refs.tokens().size());
        return refs.tokens();
    }

    /** Opens the request; true if it is an object with at least one field. */
    private boolean open(byte[] request) {
        faults.clear();
        cursor.open(request);
        JsonCursor.JsonType kind = cursor.kind();
        if (kind == JsonCursor.JsonType.OBJECT) {
            return cursor.enterObject();
        }
        faults.expected("object", kind, ValidationErrors.JsonPath.ROOT);
        cursor.skip();
        return false;
    }

    private void checkCount(int entries) {
        if (entries > limits.ackEntriesMax()) {
            throw new QueueException(
                    QueueError.MESSAGE_BODY_INVALID, "A request holds at most " + limits.ackEntriesMax() + " entries.");
        }
    }
}
