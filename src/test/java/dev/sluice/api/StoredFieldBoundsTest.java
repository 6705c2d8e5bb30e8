package dev.sluice.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Every string, list and map of a request that is stored has a bound in the contract. */
class StoredFieldBoundsTest {
    /** Operations whose bodies are stored, as a whole or in part. The bodies of the others are not stored. */
    private static final Set<String> STORING = Set.of(
            "queues-create",
            "queues-update",
            "queues-update-partial",
            "queues-create-consumer",
            "queues-update-consumer",
            "queue-create-queue",
            "queue-update-queue",
            "queue-create-queue-consumer",
            "queue-update-queue-consumer",
            "queues-push-message",
            "queues-push-messages",
            "subscriptions-create",
            "subscriptions-patch");

    private static final Set<String> NOT_STORED = Set.of(
            "queues-pull-messages",
            "queues-ack-messages",
            "queues-peek-messages",
            "queues-purge-messages",
            "queues-preview-messages",
            "queues-ack-preview-messages",
            "queues-purge");

    private static final JsonObject DOCUMENT =
            ContractResponses.shared().contract().document();

    private final List<String> findings = new ArrayList<>();
    private int strings;

    @Test
    void everyStoredStringListAndMapHasABound() {
        Set<String> withBody = new HashSet<>();
        for (Map.Entry<String, Object> path : DOCUMENT.getJsonObject("paths")) {
            for (Map.Entry<String, Object> method : (JsonObject) path.getValue()) {
                if (method.getValue() instanceof JsonObject operation && operation.containsKey("requestBody")) {
                    String id = operation.getString("operationId");
                    withBody.add(id);
                    if (STORING.contains(id)) {
                        JsonObject content = resolve(operation.getJsonObject("requestBody"))
                                .getJsonObject("content")
                                .getJsonObject("application/json");
                        walk(id, content.getJsonObject("schema"), 0);
                    }
                }
            }
        }
        assertThat(findings).isEmpty();
        assertThat(strings).as("strings that were looked at").isGreaterThan(20);
        withBody.removeAll(STORING);
        assertThat(withBody).as("operations whose bodies are not listed").isSubsetOf(NOT_STORED);
    }

    @Test
    void aSchemaWithoutBoundsIsFound() {
        walk("x", new JsonObject("{\"type\":[\"string\",\"null\"]}"), 0);
        walk("x", new JsonObject("{\"type\":\"array\",\"items\":{\"type\":\"integer\"}}"), 0);
        walk("x", new JsonObject("{\"type\":\"object\",\"additionalProperties\":{\"type\":\"integer\"}}"), 0);
        walk("x", new JsonObject("{\"description\":\"anything\"}"), 0);
        assertThat(findings).hasSize(5);
    }

    private static JsonObject resolve(JsonObject node) {
        String reference = node.getString("$ref");
        if (reference == null) {
            return node;
        }
        JsonObject target = DOCUMENT;
        for (String name : reference.substring(2).split("/")) {
            target = target.getJsonObject(name);
        }
        return resolve(target);
    }

    private void walk(String where, JsonObject given, int depth) {
        assertThat(depth).as("a schema that holds itself: %s", where).isLessThan(20);
        JsonObject schema = resolve(given);
        if (schema.containsKey("const") || schema.containsKey("enum")) {
            return;
        }
        for (String combination : List.of("oneOf", "anyOf", "allOf")) {
            for (Object branch : schema.getJsonArray(combination, new JsonArray())) {
                JsonObject part = (JsonObject) branch;
                if (resolve(part).containsKey("type") || part.containsKey("$ref")) {
                    walk(where, part, depth + 1);
                }
            }
        }
        boolean combined = schema.containsKey("oneOf") || schema.containsKey("anyOf") || schema.containsKey("allOf");
        List<?> types = schema.getValue("type") instanceof JsonArray several
                ? several.getList()
                : schema.containsKey("type") ? List.of(schema.getString("type")) : List.of();
        if (types.isEmpty() && !combined && !schema.containsKey("x-max-bytes")) {
            findings.add(where + " can be anything");
        }
        if (types.contains("string")) {
            strings++;
            require(schema.containsKey("maxLength"), where + " has no maxLength");
        }
        if (types.contains("array")) {
            require(schema.containsKey("maxItems"), where + " has no maxItems");
            walk(where + "[]", schema.getJsonObject("items"), depth + 1);
        }
        if (types.contains("object")) {
            walkObject(where, schema, depth);
        }
    }

    /** Unknown fields of an object are not stored, unless its schema allows them. */
    private void walkObject(String where, JsonObject schema, int depth) {
        if (schema.containsKey("additionalProperties")) {
            require(schema.containsKey("maxProperties"), where + " has no maxProperties");
            require(
                    schema.getJsonObject("propertyNames", new JsonObject()).containsKey("maxLength"),
                    where + " has no maxLength of its names");
            if (schema.getValue("additionalProperties") instanceof JsonObject values) {
                walk(where + ".*", values, depth + 1);
            } else {
                require(schema.containsKey("x-max-bytes"), where + " takes anything");
            }
        }
        for (Map.Entry<String, Object> property : schema.getJsonObject("properties", new JsonObject())) {
            walk(where + "." + property.getKey(), (JsonObject) property.getValue(), depth + 1);
        }
    }

    private void require(boolean holds, String otherwise) {
        if (!holds) {
            findings.add(otherwise);
        }
    }
}
