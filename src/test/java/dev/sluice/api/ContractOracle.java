package dev.sluice.api;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.api.error.EdgeError;
import dev.sluice.api.error.EdgeException;
import dev.sluice.api.error.ErrorTable;
import dev.sluice.api.json.JsonSamples;
import dev.sluice.queue.Limits;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.json.schema.Draft;
import io.vertx.json.schema.JsonSchema;
import io.vertx.json.schema.JsonSchemaOptions;
import io.vertx.json.schema.OutputFormat;
import io.vertx.json.schema.Validator;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.yaml.snakeyaml.Yaml;

/**
 * Validates a request body with a strict parser and the schemas of the contract, and compares the result with that of a
 * decoder. {@link ContractAgreementTest} lists the intended differences. For one thread.
 */
public final class ContractOracle {
    private static final String CONTRACT = "openapi/queues.yaml";
    private static final Set<String> OPTIONAL = Set.of(
            "content_type",
            "delay_seconds",
            "batch_size",
            "visibility_timeout_ms",
            "visibility_timeout",
            "acks",
            "retries");
    private static final JsonObject SCHEMAS = schemas();
    private static final Map<String, Validator> VALIDATORS = new HashMap<>();
    private static final JsonSchemaOptions OPTIONS = new JsonSchemaOptions()
            .setBaseUri("https://contract.invalid/")
            .setDraft(Draft.DRAFT202012)
            .setOutputFormat(OutputFormat.Flag);
    private static final JsonMapper STRICT = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNumberLength(Integer.MAX_VALUE)
                            .maxNestingDepth(Integer.MAX_VALUE)
                            .build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private ContractOracle() {}

    /**
     * Compares a decoder with the parser and the schema: both must accept, both must find malformed JSON, or both must
     * find another error.
     *
     * @return what the decoder returned, null if it rejected the body
     */
    public static <T> T agree(String schema, Function<byte[], T> decoder, byte[] body) {
        JsonNode json = parse(body);
        boolean valid = json != null && !hasHalfPairInText(json) && satisfies(schema, json);
        try {
            T read = decoder.apply(body);
            if (!valid) {
                throw disagreement(schema, "the decoder accepts", body);
            }
            return read;
        } catch (EdgeException refusal) {
            EdgeError error = refusal.error();
            if (ErrorTable.of(error).status() / 100 != 4 || refusal.getMessage().isBlank()) {
                throw disagreement(schema, "the decoder returns " + error + " to", body);
            }
            boolean malformed = error == EdgeError.MESSAGE_BODY_MALFORMED;
            if (valid || malformed != (json == null)) {
                throw disagreement(schema, "the decoder refuses with " + refusal.getMessage(), body);
            }
            return null;
        }
    }

    /** The body as a strict parser reads it; null if it is not JSON, or nested beyond the limit. */
    public static JsonNode parse(byte[] body) {
        for (byte b : body) {
            if (b == 0) {
                return null; // a parser that guesses encodings would take it for UTF-16
            }
        }
        if (!JsonSamples.isUtf8(body) || depth(body) > Limits.DOCUMENTED.jsonDepthMax()) {
            return null;
        }
        try {
            JsonNode json = STRICT.readTree(body); // from bytes: from text it takes some letters for hexadecimal digits
            return json.isMissingNode() ? null : json;
        } catch (IOException e) {
            return null;
        }
    }

    /** The nesting depth of a text, if it is JSON. */
    private static int depth(byte[] body) {
        int depth = 0;
        int deepest = 0;
        boolean inString = false;
        for (int i = 0; i < body.length; i++) {
            byte b = body[i];
            if (inString) {
                i += b == '\\' ? 1 : 0;
                inString = b != '"';
            } else if (b == '"') {
                inString = true;
            } else if (b == '{' || b == '[') {
                deepest = Math.max(deepest, ++depth);
            } else if (b == '}' || b == ']') {
                depth--;
            }
        }
        return deepest;
    }

    private static AssertionError disagreement(String schema, String what, byte[] body) {
        return new AssertionError(schema + ": " + what + ": " + new String(body, StandardCharsets.UTF_8));
    }

    private static boolean satisfies(String schema, JsonNode json) {
        Object value = wrap(STRICT.convertValue(withoutOptionalNulls(json), Object.class));
        return VALIDATORS
                .computeIfAbsent(schema, ContractOracle::validator)
                .validate(value)
                .getValid();
    }

    private static Validator validator(String schema) {
        JsonObject root = SCHEMAS.copy().put("$ref", "#/components/schemas/" + schema);
        return Validator.create(JsonSchema.of(root), OPTIONS);
    }

    private static Object wrap(Object value) {
        if (value instanceof Map<?, ?> map) {
            JsonObject object = new JsonObject();
            map.forEach((name, member) -> object.put((String) name, wrap(member)));
            return object;
        }
        if (value instanceof List<?> list) {
            JsonArray array = new JsonArray();
            list.forEach(element -> array.add(wrap(element)));
            return array;
        }
        return value;
    }

    /** Removes null members of those names where the contract allows them. */
    private static JsonNode withoutOptionalNulls(JsonNode json) {
        JsonNode copy = json.deepCopy();
        strip(copy);
        for (String list : List.of("messages", "acks", "retries")) {
            copy.path(list).forEach(ContractOracle::strip);
        }
        return copy;
    }

    private static void strip(JsonNode object) {
        if (object instanceof ObjectNode fields) {
            for (String name : OPTIONAL) {
                if (fields.path(name).isNull()) {
                    fields.remove(name);
                }
            }
        }
    }

    private static boolean hasHalfPairInText(JsonNode json) {
        if (isTextWithHalfPair(json)) {
            return true;
        }
        for (JsonNode message : json.path("messages")) {
            if (isTextWithHalfPair(message)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isTextWithHalfPair(JsonNode message) {
        return message.path("content_type").asText().equals("text")
                && message.path("body").isTextual()
                && !StandardCharsets.UTF_8
                        .newEncoder()
                        .canEncode(message.path("body").textValue());
    }

    private static JsonObject schemas() {
        try (InputStream contract = ContractOracle.class.getClassLoader().getResourceAsStream(CONTRACT)) {
            if (contract == null) {
                throw new IllegalStateException("the contract is not on the class path");
            }
            Map<String, Object> document = new Yaml().load(contract);
            Object schemas =
                    new JsonObject(document).getJsonObject("components").getJsonObject("schemas");
            return new JsonObject().put("components", new JsonObject().put("schemas", schemas));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
