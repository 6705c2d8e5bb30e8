package dev.sluice.api.json;

import dev.sluice.api.error.EdgeException;
import org.jspecify.annotations.Nullable;

/** Checks byte arrays that should hold one JSON text each. One instance per event loop. */
public final class JsonText {
    private final JsonCursor cursor;

    public JsonText(int depthMax) {
        this.cursor = new JsonCursor(depthMax);
    }

    /** The text without insignificant white space, or null if it is not JSON or nested too deeply. */
    public byte @Nullable [] compact(byte[] text) {
        try {
            cursor.open(text);
            cursor.skip();
            int start = cursor.start();
            int end = cursor.end();
            cursor.close();
            return JsonStrings.compact(text, start, end);
        } catch (EdgeException e) {
            return null;
        }
    }
}
