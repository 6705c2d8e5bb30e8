package dev.sluice.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sluice.queue.Limits;
import dev.sluice.queue.QueueException;
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
import java.util.function.Consumer;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.yaml.snakeyaml.Yaml;

/**
 * The decoders and the schemas of the contract give the same verdict on every request body. What the decoders judge
 * differently, because the reference asks for it or JSON Schema cannot say it:
 *
 * <ul>
 *   <li>null in an optional field counts as absent (reference 1.2: clients that unset a field); the contract does not advertise
 *       it, so {@link #withoutOptionalNulls} takes such nulls out before the schema sees them;
 *   <li>half a surrogate pair in a text body is refused, since UTF-8 cannot store it; no schema can say so;
 *   <li>sizes in bytes, nesting and the number of acks are limits beyond the schema; the bodies here stay below them;
 *   <li>an empty body is valid for pull and peek (reference 6.3); the contract says so with an optional body.
 * </ul>
 */
class ContractAgreementTest {
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
    private static final JsonMapper STRICT = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final MessageDecoder messages =
            new MessageDecoder(Limits.DOCUMENTED, MessagesFormat.DOCUMENTED, new MessageIds());
    private final PullDecoder pulls = new PullDecoder(Limits.DOCUMENTED);
    private final TokenDecoder tokens = new TokenDecoder(Limits.DOCUMENTED);

    @Property(tries = 1000)
    void onOneMessage(@ForAll("messages") byte[] body) {
        agree("MqQueueMessage", messages::single, body);
    }

    @Property(tries = 600)
    void onABatch(@ForAll("batches") byte[] body) {
        agree("MqQueueBatch", messages::batch, body);
    }

    @Property(tries = 600)
    void onAPull(@ForAll("pulls") byte[] body) {
        agree("MqPull", pulls::pull, body);
    }

    @Property(tries = 300)
    void onAPeek(@ForAll("pulls") byte[] body) {
        agree("MqPeek", pulls::peek, body);
    }

    @Property(tries = 600)
    void onAnAck(@ForAll("acks") byte[] body) {
        agree("MqAck", tokens::ack, body);
    }

    @Property(tries = 600)
    void onRefs(@ForAll("refs") byte[] body) {
        agree("MqPurgeMessages", tokens::refs, body);
    }

    private void agree(String schema, Consumer<byte[]> decoder, byte[] body) {
        String shown = new String(body, StandardCharsets.UTF_8);
        JsonNode json = parse(body);
        boolean valid = json != null && !hasHalfPairInText(json) && satisfies(schema, json);
        QueueException refusal = refusal(decoder, body);
        if (valid) {
            assertThat(refusal).as(shown).isNull();
        } else {
            assertThat(refusal).as(shown).isNotNull();
            boolean malformed = refusal.error() == dev.sluice.queue.QueueError.MESSAGE_BODY_MALFORMED;
            assertThat(malformed).as(shown).isEqualTo(json == null);
        }
    }

    private boolean satisfies(String schema, JsonNode json) {
        Object value = wrap(STRICT.convertValue(withoutOptionalNulls(json), Object.class));
        return VALIDATORS
                .computeIfAbsent(schema, ContractAgreementTest::validator)
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

    private static QueueException refusal(Consumer<byte[]> decoder, byte[] body) {
        try {
            decoder.accept(body);
            return null;
        } catch (QueueException e) {
            return e;
        }
    }

    private static JsonNode parse(byte[] body) {
        for (byte b : body) {
            if (b == 0) {
                return null; // a parser that guesses encodings would take it for UTF-16
            }
        }
        if (!JsonSamples.isUtf8(body)) {
            return null;
        }
        try {
            JsonNode json = STRICT.readTree(body); // from bytes: from text it takes some letters for hexadecimal digits
            return json.isMissingNode() ? null : json;
        } catch (IOException e) {
            return null;
        }
    }

    /** Takes null members of those names out at the places where the contract has them. */
    private static JsonNode withoutOptionalNulls(JsonNode json) {
        JsonNode copy = json.deepCopy();
        strip(copy);
        for (String list : List.of("messages", "acks", "retries")) {
            copy.path(list).forEach(ContractAgreementTest::strip);
        }
        return copy;
    }

    private static void strip(JsonNode object) {
        if (object instanceof com.fasterxml.jackson.databind.node.ObjectNode fields) {
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
        try (InputStream contract = ContractAgreementTest.class.getClassLoader().getResourceAsStream(CONTRACT)) {
            assertThat(contract).as("the contract on the class path").isNotNull();
            Map<String, Object> document = new Yaml().load(contract);
            Object schemas =
                    new JsonObject(document).getJsonObject("components").getJsonObject("schemas");
            return new JsonObject().put("components", new JsonObject().put("schemas", schemas));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Provide
    Arbitrary<byte[]> messages() {
        return mutated(message());
    }

    @Provide
    Arbitrary<byte[]> batches() {
        Arbitrary<String> list = Arbitraries.frequencyOf(
                Tuple.of(8, array(message(), 4)),
                Tuple.of(1, array(Arbitraries.just("{\"body\":1}"), 110)),
                Tuple.of(1, JsonSamples.value()));
        return mutated(JsonSamples.object(List.of(field("messages", list), field("delay_seconds", integers()))));
    }

    @Provide
    Arbitrary<byte[]> pulls() {
        return mutated(JsonSamples.object(List.of(
                        field("batch_size", integers()),
                        field("visibility_timeout_ms", integers()),
                        field("visibility_timeout", integers()))))
                .filter(body -> body.length > 0);
    }

    @Provide
    Arbitrary<byte[]> acks() {
        Arbitrary<String> entry = JsonSamples.object(
                List.of(field("lease_id", JsonSamples.string()), field("delay_seconds", integers())));
        Arbitrary<String> ack = JsonSamples.object(List.of(field("lease_id", JsonSamples.string())));
        return mutated(JsonSamples.object(
                List.of(field("acks", orAny(array(orAny(ack), 3))), field("retries", orAny(array(orAny(entry), 3))))));
    }

    @Provide
    Arbitrary<byte[]> refs() {
        Arbitrary<String> entry = JsonSamples.object(List.of(field("ref", orAny(JsonSamples.string()))));
        return mutated(JsonSamples.object(List.of(field("refs", orAny(array(orAny(entry), 3))))));
    }

    private static Arbitrary<String> message() {
        Arbitrary<String> types = Arbitraries.frequencyOf(
                Tuple.of(4, Arbitraries.of("\"text\"", "\"json\"", "\"t\\u0065xt\"")),
                Tuple.of(1, Arbitraries.of("null", "\"bytes\"", "\"JSON\"", "7", "[]")));
        Arbitrary<String> bodies =
                Arbitraries.oneOf(JsonSamples.string(), JsonSamples.value(), Arbitraries.just("\"\\ud800\""));
        return JsonSamples.object(
                List.of(field("body", bodies), field("content_type", types), field("delay_seconds", integers())));
    }

    private static Arbitrary<String> integers() {
        return Arbitraries.frequencyOf(
                Tuple.of(6, Arbitraries.integers().between(0, 120).map(String::valueOf)),
                Tuple.of(3, Arbitraries.of("0", "1", "30.0", "1e1", "1.5e1", "100", "86400", "43200000", "-0", "null")),
                Tuple.of(
                        1,
                        Arbitraries.of("-1", "101", "86401", "43200001", "1.5", "1e20", "4294967297", "\"1\"", "true")),
                Tuple.of(1, JsonSamples.value()));
    }

    private static Arbitrary<String> field(String name, Arbitrary<String> values) {
        return Combinators.combine(JsonSamples.space(), values)
                .as((space, value) -> '"' + name + '"' + space + ':' + value);
    }

    private static Arbitrary<String> array(Arbitrary<String> elements, int sizeMax) {
        return elements.list().ofMaxSize(sizeMax).map(list -> '[' + String.join(",", list) + ']');
    }

    private static Arbitrary<String> orAny(Arbitrary<String> usual) {
        return Arbitraries.frequencyOf(Tuple.of(9, usual), Tuple.of(1, JsonSamples.value()));
    }

    private static Arbitrary<byte[]> mutated(Arbitrary<String> usual) {
        return Arbitraries.frequencyOf(
                Tuple.of(6, orAny(usual).map(text -> text.getBytes(StandardCharsets.UTF_8))),
                Tuple.of(4, JsonSamples.damaged(usual)));
    }
}
