package dev.sluice.api.message;

import dev.sluice.api.json.JsonCursor;
import dev.sluice.api.json.JsonField;
import dev.sluice.api.json.ValidationErrors;
import dev.sluice.queue.NewMessage;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Decodes a list of objects with a token each, and perhaps a delay: {@code acks}, {@code retries}, {@code refs}. Of
 * duplicate lists the last one wins. Reused from request to request.
 */
final class TokenList {
    private final String name;
    private final byte[] nameBytes;
    private final JsonField token;
    private final DelayField delay;
    private final boolean delays;
    private final int entriesMax;
    private final ValidationErrors errors = new ValidationErrors();
    private List<String> tokens = List.of();
    private List<Integer> delaysSeconds = List.of();
    private boolean seen;

    /**
     * A list of that name.
     *
     * @param tokenName field that holds the token
     * @param delays whether {@code delay_seconds} is read as well
     * @param entriesMax how many entries may be kept; further ones are only counted
     */
    TokenList(String name, String tokenName, boolean delays, int entriesMax, int delaySecondsMax) {
        this.name = name;
        this.nameBytes = name.getBytes(StandardCharsets.US_ASCII);
        this.token = new JsonField(tokenName);
        this.delays = delays;
        this.entriesMax = entriesMax;
        this.delay = new DelayField("delay_seconds", delaySecondsMax);
        clear();
    }

    void clear() {
        seen = false;
        clearValue();
    }

    private void clearValue() {
        tokens = new ArrayList<>();
        delaysSeconds = delays ? new ArrayList<>() : List.of();
        errors.clear();
    }

    /** Whether the request contained the list, also if it was null. */
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

    /** The errors of the last occurrence of the list. */
    ValidationErrors errors() {
        return errors;
    }

    /**
     * Reads the value at the cursor if the current field is this list. Returns whether it is.
     *
     * @param optional whether null counts as absent
     */
    boolean tryRead(JsonCursor cursor, byte[] bytes, boolean optional) {
        if (!cursor.nameIs(nameBytes)) {
            return false;
        }
        seen = true;
        clearValue();
        JsonCursor.JsonType kind = cursor.kind();
        if (kind != JsonCursor.JsonType.ARRAY) {
            if (kind != JsonCursor.JsonType.NULL || !optional) {
                errors.addWrongType("array", kind, ValidationErrors.JsonPath.of(name));
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
            errors.addWrongType("object", kind, path);
            cursor.skip();
            return;
        }
        token.clear();
        delay.clear();
        if (cursor.enterObject()) {
            do {
                if (!token.tryRead(cursor) && !(delays && delay.tryRead(cursor))) {
                    cursor.skip();
                }
            } while (cursor.nextField());
        }
        check(path);
        int delaySeconds = delay.seconds(bytes, NewMessage.DELAY_UNSET, errors, path);
        if (!errors.any() && tokens.size() <= entriesMax) {
            tokens.add(token.string(bytes));
            if (delays) {
                delaysSeconds.add(delaySeconds);
            }
        }
    }

    private void check(ValidationErrors.JsonPath path) {
        if (token.kind() == null) {
            errors.addMissing(path.field(token.name()));
        } else if (token.kind() != JsonCursor.JsonType.STRING) {
            errors.addWrongType("string", token.kind(), path.field(token.name()));
        }
    }
}
