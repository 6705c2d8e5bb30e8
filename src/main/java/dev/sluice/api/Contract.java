package dev.sluice.api;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.json.schema.Draft;
import io.vertx.json.schema.JsonSchema;
import io.vertx.json.schema.JsonSchemaOptions;
import io.vertx.json.schema.OutputFormat;
import io.vertx.json.schema.Validator;
import io.vertx.openapi.contract.OpenAPIContract;
import io.vertx.openapi.contract.Operation;
import io.vertx.openapi.contract.Path;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * The OpenAPI contract: which operations exist, and which form requests and responses have. Loaded once per process,
 * immutable, shared by all event loops.
 */
public final class Contract {
    private static final String RESOURCE = "openapi/queues.yaml";
    private static final String BASE_URI = "app://";
    private static final String SCHEMAS = "#/components/schemas/";

    private final Buffer text;
    private final JsonObject document;
    private final OpenAPIContract openApi;
    private final String basePath;
    private final List<Route> routes;

    private Contract(Buffer text, JsonObject document, OpenAPIContract openApi) {
        this.text = text;
        this.document = document;
        this.openApi = openApi;
        this.basePath = openApi.getServers().get(0).getBasePath();
        this.routes = routesOf(openApi);
    }

    /** Loads the contract from the program, on a worker thread. */
    public static Future<Contract> load(Vertx vertx) {
        return vertx.executeBlocking(() -> read(RESOURCE)).compose(text -> load(vertx, text));
    }

    /** Loads a contract from its YAML text. */
    static Future<Contract> load(Vertx vertx, Buffer text) {
        return vertx.executeBlocking(() -> {
            JsonObject document = parse(text);
            return new Contract(text, document, ContractPaths.contractOf(document));
        });
    }

    /** The contract as YAML text. */
    public Buffer text() {
        return text;
    }

    /** The base path of all paths, such as {@code /client/v4}. */
    public String basePath() {
        return basePath;
    }

    /** All operations, in the order in which paths are matched. */
    public List<Route> routes() {
        return routes;
    }

    /** The methods that exist for a path below the base path; empty if the path is unknown. */
    public List<HttpMethod> methodsOf(String path) {
        Path known = openApi.findPath(basePath + path);
        return known == null
                ? List.of()
                : known.getOperations().stream().map(Operation::getHttpMethod).toList();
    }

    /**
     * A validator for the types in a request body, by the name of its schema. Bounds and {@code required} are left out:
     * bounds are configuration, and both have their own error codes.
     */
    public TypeValidator typeValidator(String schema) {
        return new TypeValidator(validator(TypeOnlySchema.of(inlined(schema))));
    }

    /** A validator for all of a schema of the contract, by its name. */
    public Validator schema(String schema) {
        return validator(inlined(schema));
    }

    /** The contract in the form that the router builder needs. */
    OpenAPIContract openApi() {
        return openApi;
    }

    /** The contract as parsed, with unresolved references. Must not be changed. */
    JsonObject document() {
        return document;
    }

    /** A schema with every reference replaced by its target. No schema of the contract is recursive. */
    private JsonObject inlined(String schema) {
        JsonObject schemas = document.getJsonObject("components").getJsonObject("schemas");
        return (JsonObject) inlined(schemas.getJsonObject(schema));
    }

    private Object inlined(Object value) {
        if (value instanceof JsonArray) {
            JsonArray copy = new JsonArray();
            ((JsonArray) value).forEach(element -> copy.add(inlined(element)));
            return copy;
        }
        if (!(value instanceof JsonObject)) {
            return value;
        }
        JsonObject object = (JsonObject) value;
        Object reference = object.getValue("$ref");
        if (reference instanceof String) {
            return inlined(((String) reference).substring(SCHEMAS.length()));
        }
        JsonObject copy = new JsonObject();
        object.forEach(entry -> copy.put(entry.getKey(), inlined(entry.getValue())));
        return copy;
    }

    private static Validator validator(JsonObject schema) {
        JsonSchemaOptions options = new JsonSchemaOptions()
                .setBaseUri(BASE_URI)
                .setDraft(Draft.DRAFT202012)
                .setOutputFormat(OutputFormat.Basic);
        return Validator.create(JsonSchema.of(schema), options);
    }

    private static List<Route> routesOf(OpenAPIContract openApi) {
        List<Route> routes = new ArrayList<>();
        for (Path path : openApi.getPaths()) {
            for (Operation operation : path.getOperations()) {
                String template = path.getName();
                routes.add(new Route(
                        operation.getOperationId(),
                        operation.getHttpMethod(),
                        template,
                        Route.RouteScope.of(template)));
            }
        }
        return List.copyOf(routes);
    }

    private static JsonObject parse(Buffer text) {
        Yaml yaml = new Yaml(new SafeConstructor(new LoaderOptions()));
        Map<String, Object> root = yaml.load(text.toString(StandardCharsets.UTF_8));
        return new JsonObject(root);
    }

    private static Buffer read(String resource) {
        try (InputStream in = Contract.class.getClassLoader().getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("the program lacks its contract " + resource);
            }
            return Buffer.buffer(in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
