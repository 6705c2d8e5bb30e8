package dev.sluice.runtime.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.TestSeed;
import dev.sluice.queue.Consumer;
import dev.sluice.queue.ConsumerSettings;
import dev.sluice.queue.ConsumerType;
import dev.sluice.queue.QueueDefinition;
import dev.sluice.queue.QueueSettings;
import dev.sluice.queue.Subscription;
import dev.sluice.runtime.catalog.CatalogRecords.CatalogEntry;
import dev.sluice.runtime.clock.ClockGap;
import dev.sluice.runtime.clock.ClockState;
import dev.sluice.store.CatalogRecord;
import dev.sluice.store.StoreCorruptException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** Every written record is read back unchanged. */
class CatalogRecordsTest {
    @Property(seed = TestSeed.PROPERTIES, tries = 200)
    void queuesComeBack(@ForAll("queues") QueueDefinition queue) {
        CatalogRecord record = new CatalogRecord(CatalogRecords.key(queue), CatalogRecords.value(queue));
        assertThat(CatalogRecords.read(record)).isEqualTo(new CatalogEntry.QueueEntry(queue));
    }

    @Property(seed = TestSeed.PROPERTIES, tries = 200)
    void subscriptionsComeBack(@ForAll("subscriptions") Subscription subscription) {
        CatalogRecord record = new CatalogRecord(CatalogRecords.key(subscription), CatalogRecords.value(subscription));
        assertThat(CatalogRecords.read(record)).isEqualTo(new CatalogEntry.SubscriptionEntry(subscription));
    }

    @Property(seed = TestSeed.PROPERTIES, tries = 50)
    void counterAndKeyComeBack(@ForAll long lastNumber, @ForAll byte[] key) {
        assertThat(CatalogRecords.read(CatalogRecords.counter(lastNumber)))
                .isEqualTo(new CatalogEntry.CounterEntry(lastNumber));
        assertThat(CatalogRecords.read(CatalogRecords.installationKey(key))).isEqualTo(new CatalogEntry.KeyEntry(key));
    }

    @Property(seed = TestSeed.PROPERTIES, tries = 50)
    void theStateOfTheClockComesBack(
            @ForAll long time, @ForAll long offset, @ForAll long boot, @ForAll long gap, @ForAll long kept) {
        ClockState state = new ClockState(time, offset, "id", boot, new ClockGap(gap, kept, ~gap, ~kept, time));
        assertThat(CatalogRecords.read(CatalogRecords.clock(state))).isEqualTo(new CatalogEntry.ClockEntry(state));
    }

    @Property(seed = TestSeed.PROPERTIES, tries = 20)
    void aRecordThatLacksAFieldIsDamaged(
            @ForAll("queues") QueueDefinition queue, @ForAll("subscriptions") Subscription subscription) {
        assertThatEachFieldIsNeeded(new CatalogRecord(CatalogRecords.key(queue), CatalogRecords.value(queue)));
        assertThatEachFieldIsNeeded(
                new CatalogRecord(CatalogRecords.key(subscription), CatalogRecords.value(subscription)));
    }

    private static void assertThatEachFieldIsNeeded(CatalogRecord record) {
        JsonObject whole = new JsonObject(Buffer.buffer(record.value()));
        for (String field : whole.fieldNames()) {
            JsonObject less = whole.copy();
            less.remove(field);
            if (!field.equals("consumer")) {
                assertThatThrownBy(() -> CatalogRecords.read(
                                new CatalogRecord(record.key(), less.toBuffer().getBytes())))
                        .as("without " + field)
                        .isInstanceOf(StoreCorruptException.class);
            }
        }
    }

    @Test
    void aTokenIsReadAsItWasWritten() {
        StoredToken token =
                new StoredToken("1".repeat(32), "n", "2".repeat(64), Set.of("*"), true, 5, Long.MAX_VALUE, 7);
        CatalogRecord record = new CatalogRecord(CatalogRecords.key(token), CatalogRecords.value(token));
        assertThat(CatalogRecords.read(record)).isEqualTo(new CatalogEntry.TokenEntry(token));
        assertThatEachFieldIsNeeded(record);
        assertThat(new String(record.key(), StandardCharsets.US_ASCII)).isEqualTo("a" + token.id());
    }

    @Provide
    Arbitrary<QueueDefinition> queues() {
        Arbitrary<QueueSettings> settings = Combinators.combine(
                        Arbitraries.integers(), Arbitraries.of(true, false), Arbitraries.integers())
                .as(QueueSettings::new);
        return Combinators.combine(
                        Arbitraries.longs(),
                        ids(),
                        text(),
                        settings,
                        consumers().injectNull(0.3),
                        Arbitraries.longs())
                .as((number, id, name, rules, consumer, micros) ->
                        new QueueDefinition(number, id, id, name, name, rules, consumer, micros, ~micros));
    }

    private static Arbitrary<Consumer> consumers() {
        Arbitrary<ConsumerSettings> settings = Combinators.combine(
                        Arbitraries.integers(),
                        Arbitraries.integers(),
                        Arbitraries.integers(),
                        Arbitraries.integers(),
                        Arbitraries.integers(),
                        Arbitraries.integers())
                .as(ConsumerSettings::new);
        return Combinators.combine(
                        ids(), Arbitraries.of(ConsumerType.values()), text(), text(), settings, Arbitraries.longs())
                .as(Consumer::new);
    }

    @Provide
    Arbitrary<Subscription> subscriptions() {
        Arbitrary<List<String>> events = text().list().ofMaxSize(4);
        return Combinators.combine(ids(), text(), Arbitraries.of(true, false), text(), events, Arbitraries.longs())
                .as((id, name, enabled, source, types, micros) ->
                        new Subscription(id, id, name, enabled, source, id, types, micros, ~micros));
    }

    private static Arbitrary<String> ids() {
        return Arbitraries.strings().withChars("0123456789abcdef").ofLength(32);
    }

    private static Arbitrary<String> text() {
        return Arbitraries.strings().withCharRange('\u0000', '\ud7ff').ofMaxLength(40);
    }
}
