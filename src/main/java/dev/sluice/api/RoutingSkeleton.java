package dev.sluice.api;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Map;

/**
 * The part of the contract that routing needs: paths, methods, operation ids. The router builder checks whatever it is given against the
 * OpenAPI specification, which takes seconds for schemas and examples that it makes no use of; tests check the whole contract instead.
 * Security stays out too, since the builder would insist on checking it by its own means.
 */
final class RoutingSkeleton {
    private static final JsonObject ANY_RESPONSE =
            new JsonObject().put("default", new JsonObject().put("description", "Any answer."));

    private RoutingSkeleton() {}

    /** A contract with the same routes and little else. */
    static JsonObject of(JsonObject document) {
        JsonObject paths = new JsonObject();
        for (Map.Entry<String, Object> path : document.getJsonObject("paths")) {
            paths.put(path.getKey(), path(path.getKey(), (JsonObject) path.getValue()));
        }
        JsonObject info = document.getJsonObject("info");
        return new JsonObject()
                .put("openapi", document.getString("openapi"))
                .put(
                        "info",
                        new JsonObject()
                                .put("title", info.getString("title"))
                                .put("version", info.getString("version")))
                .put("servers", document.getJsonArray("servers").copy())
                .put("paths", paths);
    }

    private static JsonObject path(String template, JsonObject full) {
        JsonObject path = new JsonObject();
        for (Map.Entry<String, Object> entry : full) {
            if (entry.getValue() instanceof JsonObject) {
                JsonObject operation = (JsonObject) entry.getValue();
                path.put(
                        entry.getKey(),
                        new JsonObject()
                                .put("operationId", operation.getString("operationId"))
                                .put("responses", ANY_RESPONSE.copy()));
            }
        }
        JsonArray parameters = parameters(template);
        return parameters.isEmpty() ? path : path.put("parameters", parameters);
    }

    private static JsonArray parameters(String template) {
        JsonArray parameters = new JsonArray();
        for (String segment : template.split("/")) {
            if (segment.startsWith("{")) {
                parameters.add(new JsonObject()
                        .put("name", segment.substring(1, segment.length() - 1))
                        .put("in", "path")
                        .put("required", true)
                        .put("schema", new JsonObject().put("type", "string")));
            }
        }
        return parameters;
    }
}
