package dev.sluice.api;

import dev.sluice.TestSeed;
import dev.sluice.api.json.JsonSamples;
import dev.sluice.api.message.MessageDecoder;
import dev.sluice.api.message.MessageIds;
import dev.sluice.api.message.PullDecoder;
import dev.sluice.api.message.TokenDecoder;
import dev.sluice.config.MessagesConfig;
import dev.sluice.queue.Limits;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Function;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/**
 * The decoders and the schemas of the contract agree on every request body. The intended differences, because the
 * specification requires them or JSON Schema cannot express them:
 *
 * <ul>
 *   <li>null in an optional field counts as absent (docs/api.md 1.2: clients that unset a field); the contract does
 *       not document it, so {@link ContractOracle} removes such nulls before validation;
 *   <li>an unpaired surrogate in a text body is refused, since UTF-8 cannot encode it; no schema can express that;
 *   <li>sizes in bytes, nesting and the number of acks are limits beyond the schema; the bodies here stay below
 *       them;
 *   <li>an empty body is valid for pull and peek (docs/api.md 6.3); the contract says so with an optional body.
 * </ul>
 */
class ContractAgreementTest {
    private final MessageDecoder messages =
            new MessageDecoder(Limits.DOCUMENTED, MessagesConfig.DEFAULT, new MessageIds());
    private final PullDecoder pulls = new PullDecoder(Limits.DOCUMENTED);
    private final TokenDecoder tokens = new TokenDecoder(Limits.DOCUMENTED);

    @Property(seed = TestSeed.PROPERTIES, tries = 1000)
    void onOneMessage(@ForAll("messages") byte[] body) {
        agree("MqQueueMessage", messages::single, body);
    }

    @Property(seed = TestSeed.PROPERTIES, tries = 600)
    void onABatch(@ForAll("batches") byte[] body) {
        agree("MqQueueBatch", messages::batch, body);
    }

    @Property(seed = TestSeed.PROPERTIES, tries = 600)
    void onAPull(@ForAll("pulls") byte[] body) {
        agree("MqPull", pulls::pull, body);
    }

    @Property(seed = TestSeed.PROPERTIES, tries = 300)
    void onAPeek(@ForAll("pulls") byte[] body) {
        agree("MqPeek", pulls::peek, body);
    }

    @Property(seed = TestSeed.PROPERTIES, tries = 600)
    void onAnAck(@ForAll("acks") byte[] body) {
        agree("MqAck", tokens::ack, body);
    }

    @Property(seed = TestSeed.PROPERTIES, tries = 600)
    void onRefs(@ForAll("refs") byte[] body) {
        agree("MqPurgeMessages", tokens::refs, body);
    }

    private static void agree(String schema, Function<byte[], ?> decoder, byte[] body) {
        ContractOracle.agree(schema, decoder, body);
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
