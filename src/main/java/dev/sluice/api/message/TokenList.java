package dev.sluice.api.message;

import dev.sluice.api.json.JsonCursor;
import dev.sluice.api.json.JsonField;
import dev.sluice.api.json.ValidationErrors;
import dev.sluice.queue.NewMessage;
import dev.sluice.queue.QueueError;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads a list of objects that each hold a token, and perhaps a delay: {@code acks}, {@code retries}, {@code refs}. If the
 * list comes twice the last one counts. Reused from request to request.
 */
final class TokenList {
    private final String name;
    private final byte[] nameBytes;
    private final JsonField token;
    private final JsonField delay = new JsonField("delay_seconds");
    private final boolean delays;
    private final int entriesMax;
    private final int delaySecondsMax;
    private final ValidationErrors faults = new ValidationErrors();
    private List<String> tokens;
    private List<Integer> delaysSeconds;
    private boolean seen;

    /**
     * A list of that name.
     *
     * @param tokenName field that holds the token
     * @param delays whether {@code delay_seconds} is read as well
     * @param entriesMax entries kept; more are counted only
     */
    TokenList(String name, String tokenName, boolean delays, int entriesMax, int delaySecondsMax) {
        this.name = name;
        this.nameBytes = name.getBytes(StandardCharsets.US_ASCII);
        this.token = new JsonField(tokenName);
        this.delays = delays;
        this.entriesMax = entriesMax;
        this.delaySecondsMax = delaySecondsMax;
        clear();
    }

    /** Forgets everything. */
    void clear() {
        seen = false;
        forget();
    }

    private void forget() {
        tokens = new ArrayList<>();
        delaysSeconds = delays ? new ArrayList<>() : List.of();
        faults.clear();
    }

    /** Whether the request had the list, be it null. */
    boolean seen() {
        return seen;
    }

    /** The tokens, at most one more than the limit. */
    List<String> tokens() {
        return tokens;
    }

    /** For each token its delay, {@link NewMessage#DELAY_UNSET} where it has none. */
    List<Integer> delaysSeconds() {
        return delaysSeconds;
    }

    /** What is wrong with the list as it came last. */
    ValidationErrors faults() {
        return faults;
    }

    /**
     * Takes and passes the value at the cursor if its name is that of the list.
     *
     * @param optional whether null counts as absent
     */
    boolean take(JsonCursor cursor, byte[] bytes, boolean optional) {
        if (!cursor.nameIs(nameBytes)) {
            return false;
        }
        seen = true;
        forget();
        JsonCursor.JsonType kind = cursor.kind();
        if (kind != JsonCursor.JsonType.ARRAY) {
            if (kind != JsonCursor.JsonType.NULL || !optional) {
                faults.expected("array", kind, ValidationErrors.JsonPath.of(name));
            }
            cursor.skip();
            return true;
        }
        int index = 0;
        boolean more = cursor.enterArray();
        while (more) {
            entry(cursor, bytes, new ValidationErrors.JsonPath(name, index++, ""));
            more = cursor.nextElement();
        }
        return true;
    }

    private void entry(JsonCursor cursor, byte[] bytes, ValidationErrors.JsonPath path) {
        JsonCursor.JsonType kind = cursor.kind();
        if (kind != JsonCursor.JsonType.OBJECT) {
            faults.expected("object", kind, path);
            cursor.skip();
            return;
        }
        token.clear();
        delay.clear();
        if (cursor.enterObject()) {
            do {
                if (!token.take(cursor) && !(delays && delay.take(cursor))) {
                    cursor.skip();
                }
            } while (cursor.nextField());
        }
        check(bytes, path);
        if (!faults.any() && tokens.size() <= entriesMax) {
            tokens.add(token.string(bytes));
            if (delays) {
                delaysSeconds.add(delay.given() ? (int) delay.integer(bytes) : NewMessage.DELAY_UNSET);
            }
        }
    }

    private void check(byte[] bytes, ValidationErrors.JsonPath path) {
        if (token.kind() == null) {
            faults.required(path.field(token.name()));
        } else if (token.kind() != JsonCursor.JsonType.STRING) {
            faults.expected("string", token.kind(), path.field(token.name()));
        }
        if (delay.given() && delay.integer(bytes, 0, delaySecondsMax) == JsonField.NOT_AN_INTEGER) {
            faults.shape(
                    QueueError.MESSAGE_METADATA_INVALID,
                    "Expected integer from 0 to " + delaySecondsMax
                            + path.field(delay.name()).at());
        }
    }
}
