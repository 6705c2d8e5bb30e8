package dev.sluice.api;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.json.schema.Draft;
import io.vertx.json.schema.JsonSchemaOptions;
import io.vertx.json.schema.SchemaRepository;
import io.vertx.openapi.contract.OpenAPIContract;
import io.vertx.openapi.contract.OpenAPIVersion;
import io.vertx.openapi.contract.impl.OpenAPIContractImpl;
import java.util.Map;

/**
 * The part of the contract that routing needs: paths, methods, operation ids.
 *
 * <p>The public way to load a contract validates it against the schemas of the OpenAPI specification, which takes more
 * than a second at every start. A test checks that once: {@code ContractTest} loads the whole document the public way.
 * So the loaded form is built directly here. Security is left out, since the router builder would insist on its own
 * checks.
 */
final class ContractPaths {
    private static final JsonObject ANY_RESPONSE =
            new JsonObject().put("default", new JsonObject().put("description", "Any response."));

    private ContractPaths() {}

    /** The contract in the form that the router builder needs, with the same routes and little else. */
    static OpenAPIContract contractOf(JsonObject document) {
        JsonSchemaOptions options =
                new JsonSchemaOptions().setDraft(Draft.DRAFT202012).setBaseUri("app://sluice/");
        return new OpenAPIContractImpl(of(document), OpenAPIVersion.V3_1, SchemaRepository.create(options));
    }

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
