package dev.sluice.api.message;

import dev.sluice.api.error.EdgeError;
import dev.sluice.api.json.JsonCursor;
import dev.sluice.api.json.JsonField;
import dev.sluice.api.json.ValidationErrors;

/** The delay of one message or of one retry, in seconds (docs/api.md 11.2). Reused from object to object. */
public final class DelayField {
    private final JsonField field;
    private final int secondsMax;

    /**
     * A field of that name.
     *
     * @param secondsMax the longest delay
     */
    public DelayField(String name, int secondsMax) {
        this.field = new JsonField(name);
        this.secondsMax = secondsMax;
    }

    public void clear() {
        field.clear();
    }

    /** Reads the value at the cursor if the current field is this one. Returns whether it is. */
    public boolean tryRead(JsonCursor cursor) {
        return field.tryRead(cursor);
    }

    /**
     * The delay that was read. If it is no integer from 0 to the longest delay, adds an error; the result has no
     * meaning then.
     *
     * @param otherwise the delay if there is none
     * @param path of the object that has the field
     */
    public int seconds(byte[] bytes, int otherwise, ValidationErrors errors, ValidationErrors.JsonPath path) {
        if (!field.isPresent()) {
            return otherwise;
        }
        long seconds = field.integer(bytes, 0, secondsMax);
        if (seconds == JsonField.NOT_AN_INTEGER) {
            errors.addStructural(
                    EdgeError.MESSAGE_METADATA_INVALID,
                    "Expected integer from 0 to " + secondsMax
                            + path.field(field.name()).at());
        }
        return (int) seconds;
    }
}
