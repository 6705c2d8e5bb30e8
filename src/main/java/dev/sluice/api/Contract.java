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
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
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
    private final String basePath;
    private final List<Route> routes;

    private Contract(Buffer text) {
        this.text = text;
        this.document = parse(text);
        String server = document.getJsonArray("servers").getJsonObject(0).getString("url");
        this.basePath = URI.create(server).getPath();
        this.routes = routesOf(document.getJsonObject("paths"));
    }

    /** Loads the contract from the program, on a worker thread. */
    public static Future<Contract> load(Vertx vertx) {
        return vertx.executeBlocking(() -> new Contract(read(RESOURCE)));
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
        if (value instanceof JsonArray array) {
            JsonArray copy = new JsonArray();
            array.forEach(element -> copy.add(inlined(element)));
            return copy;
        }
        if (!(value instanceof JsonObject object)) {
            return value;
        }
        Object reference = object.getValue("$ref");
        if (reference instanceof String name) {
            return inlined(name.substring(SCHEMAS.length()));
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

    /** A segment without a parameter precedes one with a parameter, because a brace follows all letters. */
    private static List<Route> routesOf(JsonObject paths) {
        List<Route> routes = new ArrayList<>();
        for (String template : new TreeSet<>(paths.fieldNames())) {
            for (Map.Entry<String, Object> entry : paths.getJsonObject(template)) {
                if (entry.getValue() instanceof JsonObject operation) {
                    routes.add(new Route(
                            operation.getString("operationId"),
                            HttpMethod.valueOf(entry.getKey().toUpperCase(Locale.ROOT)),
                            template,
                            Route.RouteScope.of(template)));
                }
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
