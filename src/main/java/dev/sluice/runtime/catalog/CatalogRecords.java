package dev.sluice.runtime.catalog;

import dev.sluice.queue.Consumer;
import dev.sluice.queue.ConsumerSettings;
import dev.sluice.queue.ConsumerType;
import dev.sluice.queue.QueueDefinition;
import dev.sluice.queue.QueueSettings;
import dev.sluice.queue.Subscription;
import dev.sluice.runtime.clock.ClockGap;
import dev.sluice.runtime.clock.ClockState;
import dev.sluice.store.CatalogRecord;
import dev.sluice.store.StoreCorruptException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Format of the catalog on disk. A key is a letter and an id, a value is JSON: these records are few, are read once at
 * start, and should still be readable after many years.
 */
public final class CatalogRecords {
    private static final byte QUEUE = 'q';
    private static final byte SUBSCRIPTION = 's';
    private static final byte TOKEN = 'a';
    private static final byte COUNTER = 'n';
    private static final byte KEY = 'k';
    private static final byte CLOCK = 't';
    /** First byte of the keys of redrives, which have their own reader. */
    public static final byte REDRIVE = 'r';

    private CatalogRecords() {}

    /** The content of a record. */
    public sealed interface CatalogEntry {
        /** A queue with its consumer. */
        record QueueEntry(QueueDefinition queue) implements CatalogEntry {}

        /** An event subscription. */
        record SubscriptionEntry(Subscription subscription) implements CatalogEntry {}

        /** The highest number ever given to a queue. */
        record CounterEntry(long lastNumber) implements CatalogEntry {}

        /** The key that authenticates leases. */
        record KeyEntry(byte[] installationKey) implements CatalogEntry {}

        /** The state from which the clock resumes. */
        record ClockEntry(ClockState clock) implements CatalogEntry {}

        /** A token that was created at run time. */
        record TokenEntry(StoredToken token) implements CatalogEntry {}

        /** A record with its own reader. */
        record OtherEntry() implements CatalogEntry {}
    }

    public static byte[] key(QueueDefinition queue) {
        return queueKey(queue.number());
    }

    /** The key of a queue that may not exist any more. */
    public static byte[] queueKey(long queueNumber) {
        return ByteBuffer.allocate(9).put(QUEUE).putLong(queueNumber).array();
    }

    public static byte[] key(Subscription subscription) {
        return ((char) SUBSCRIPTION + subscription.accountId() + subscription.id()).getBytes(StandardCharsets.US_ASCII);
    }

    public static byte[] key(StoredToken token) {
        return ((char) TOKEN + token.id()).getBytes(StandardCharsets.US_ASCII);
    }

    static CatalogRecord counter(long lastNumber) {
        return new CatalogRecord(
                new byte[] {COUNTER},
                ByteBuffer.allocate(Long.BYTES).putLong(lastNumber).array());
    }

    public static CatalogRecord installationKey(byte[] key) {
        return new CatalogRecord(new byte[] {KEY}, key);
    }

    public static CatalogRecord clock(ClockState state) {
        ClockGap gap = state.gap();
        JsonObject json = new JsonObject()
                .put("timeMillis", state.timeMillis())
                .put("offsetMillis", state.offsetMillis())
                .put("bootId", state.bootId())
                .put("bootMillis", state.bootMillis())
                .put("gapStoredBelowMillis", gap.storedBelowMillis())
                .put("gapLengthMillis", gap.lengthMillis())
                .put("gapSetMillis", gap.setMillis())
                .put("gapHeldUntilMillis", gap.keptUntilMillis())
                .put("gapEarlierMillis", gap.earlierMillis());
        return new CatalogRecord(new byte[] {CLOCK}, json.toBuffer().getBytes());
    }

    private static ClockState clock(JsonObject json) {
        return new ClockState(
                json.getLong("timeMillis"),
                json.getLong("offsetMillis"),
                text(json, "bootId"),
                json.getLong("bootMillis"),
                new ClockGap(
                        json.getLong("gapStoredBelowMillis"),
                        json.getLong("gapLengthMillis"),
                        json.getLong("gapSetMillis"),
                        json.getLong("gapHeldUntilMillis"),
                        json.getLong("gapEarlierMillis")));
    }

    /**
     * Decodes a record of the store.
     *
     * @throws StoreCorruptException if this class does not write such a record
     */
    public static CatalogEntry read(CatalogRecord record) {
        try {
            return readUnchecked(record);
        } catch (RuntimeException damage) {
            throw new StoreCorruptException(
                    "the catalog record " + HexFormat.of().formatHex(record.key()) + " cannot be read: " + damage,
                    damage);
        }
    }

    private static CatalogEntry readUnchecked(CatalogRecord record) {
        return switch (record.key()[0]) {
            case QUEUE -> new CatalogEntry.QueueEntry(queue(json(record.value())));
            case SUBSCRIPTION -> new CatalogEntry.SubscriptionEntry(subscription(json(record.value())));
            case COUNTER ->
                new CatalogEntry.CounterEntry(ByteBuffer.wrap(record.value()).getLong());
            case KEY -> new CatalogEntry.KeyEntry(record.value());
            case CLOCK -> new CatalogEntry.ClockEntry(clock(json(record.value())));
            case TOKEN -> new CatalogEntry.TokenEntry(token(json(record.value())));
            case REDRIVE -> new CatalogEntry.OtherEntry();
            default -> throw new IllegalStateException("unknown catalog record " + record.key()[0]);
        };
    }

    private static JsonObject json(byte[] value) {
        return new JsonObject(Buffer.buffer(value));
    }

    private static String text(JsonObject json, String field) {
        return Objects.requireNonNull(json.getString(field), field);
    }

    public static byte[] value(QueueDefinition queue) {
        JsonObject json = new JsonObject()
                .put("number", queue.number())
                .put("account", queue.accountId())
                .put("id", queue.queueId())
                .put("name", queue.name())
                .put("jurisdiction", queue.jurisdiction())
                .put("delaySeconds", queue.settings().deliveryDelaySeconds())
                .put("paused", queue.settings().deliveryPaused())
                .put("retentionSeconds", queue.settings().retentionSeconds())
                .put("createdMicros", queue.createdMicros())
                .put("modifiedMicros", queue.modifiedMicros());
        if (queue.consumer() != null) {
            json.put("consumer", consumer(queue.consumer()));
        }
        return json.toBuffer().getBytes();
    }

    private static JsonObject consumer(Consumer consumer) {
        ConsumerSettings settings = consumer.settings();
        return new JsonObject()
                .put("id", consumer.consumerId())
                .put("type", consumer.type().wireName())
                .put("script", consumer.scriptName())
                .put("deadLetterQueue", consumer.deadLetterQueue())
                .put("batchSize", settings.batchSize())
                .put("maxRetries", settings.maxRetries())
                .put("retryDelaySeconds", settings.retryDelaySeconds())
                .put("visibilityTimeoutMillis", settings.visibilityTimeoutMillis())
                .put("maxWaitTimeMillis", settings.maxWaitTimeMillis())
                .put("maxConcurrency", settings.maxConcurrency())
                .put("createdMicros", consumer.createdMicros());
    }

    private static QueueDefinition queue(JsonObject json) {
        @Nullable JsonObject consumer = json.getJsonObject("consumer");
        return new QueueDefinition(
                json.getLong("number"),
                text(json, "account"),
                text(json, "id"),
                text(json, "name"),
                text(json, "jurisdiction"),
                new QueueSettings(
                        json.getInteger("delaySeconds"),
                        json.getBoolean("paused"),
                        json.getInteger("retentionSeconds")),
                consumer == null ? null : consumer(consumer),
                json.getLong("createdMicros"),
                json.getLong("modifiedMicros"));
    }

    private static Consumer consumer(JsonObject json) {
        return new Consumer(
                text(json, "id"),
                Objects.requireNonNull(ConsumerType.ofWireName(text(json, "type")), "unknown type of consumer"),
                text(json, "script"),
                text(json, "deadLetterQueue"),
                new ConsumerSettings(
                        json.getInteger("batchSize"),
                        json.getInteger("maxRetries"),
                        json.getInteger("retryDelaySeconds"),
                        json.getInteger("visibilityTimeoutMillis"),
                        json.getInteger("maxWaitTimeMillis"),
                        json.getInteger("maxConcurrency")),
                json.getLong("createdMicros"));
    }

    public static byte[] value(Subscription subscription) {
        return new JsonObject()
                .put("id", subscription.id())
                .put("account", subscription.accountId())
                .put("name", subscription.name())
                .put("enabled", subscription.enabled())
                .put("source", subscription.sourceJson())
                .put("queue", subscription.queueId())
                .put("events", new JsonArray(List.copyOf(subscription.events())))
                .put("createdMicros", subscription.createdMicros())
                .put("modifiedMicros", subscription.modifiedMicros())
                .toBuffer()
                .getBytes();
    }

    public static byte[] value(StoredToken token) {
        return new JsonObject()
                .put("id", token.id())
                .put("name", token.name())
                .put("sha256", token.sha256())
                .put(
                        "accounts",
                        new JsonArray(token.accounts().stream().sorted().toList()))
                .put("write", token.write())
                .put("createdMillis", token.createdMillis())
                .put("expiresMillis", token.expiresMillis())
                .put("lastUsedMillis", token.lastUsedMillis())
                .toBuffer()
                .getBytes();
    }

    private static StoredToken token(JsonObject json) {
        return new StoredToken(
                text(json, "id"),
                text(json, "name"),
                text(json, "sha256"),
                json.getJsonArray("accounts").stream().map(String.class::cast).collect(Collectors.toUnmodifiableSet()),
                json.getBoolean("write"),
                json.getLong("createdMillis"),
                json.getLong("expiresMillis"),
                json.getLong("lastUsedMillis"));
    }

    private static Subscription subscription(JsonObject json) {
        return new Subscription(
                text(json, "id"),
                text(json, "account"),
                text(json, "name"),
                json.getBoolean("enabled"),
                text(json, "source"),
                text(json, "queue"),
                json.getJsonArray("events").stream().map(String.class::cast).toList(),
                json.getLong("createdMicros"),
                json.getLong("modifiedMicros"));
    }
}
