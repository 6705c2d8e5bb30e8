package dev.sluice.api;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.Set;

/** Schemas without the keywords that restrict more than types, for {@link TypeValidator}. */
final class TypeOnlySchema {
    private static final Set<String> LEFT_OUT = Set.of(
            "required",
            "not",
            "minimum",
            "maximum",
            "minLength",
            "maxLength",
            "minItems",
            "maxItems",
            "maxProperties",
            "propertyNames",
            "pattern",
            "const",
            "enum");

    private TypeOnlySchema() {}

    /** A copy of a schema, or of an object that contains schemas, without these keywords. */
    static JsonObject of(JsonObject schema) {
        JsonObject copy = new JsonObject();
        for (Map.Entry<String, Object> entry : schema) {
            String key = entry.getKey();
            if (key.equals("properties") || key.equals("schemas")) {
                copy.put(key, ofNamed((JsonObject) entry.getValue()));
            } else if (!LEFT_OUT.contains(key)) {
                copy.put(key, ofValue(entry.getValue()));
            }
        }
        return copy;
    }

    /** The keys of this object are names and not keywords. */
    private static JsonObject ofNamed(JsonObject schemas) {
        JsonObject copy = new JsonObject();
        for (Map.Entry<String, Object> entry : schemas) {
            copy.put(entry.getKey(), ofValue(entry.getValue()));
        }
        return copy;
    }

    private static Object ofValue(Object value) {
        if (value instanceof JsonObject object) {
            return of(object);
        }
        if (value instanceof JsonArray array) {
            JsonArray copy = new JsonArray();
            array.forEach(element -> copy.add(ofValue(element)));
            return copy;
        }
        return value;
    }
}
