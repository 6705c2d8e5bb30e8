package dev.sluice.wrangler;

import dev.sluice.config.DeclaredQueue;
import dev.sluice.config.DeclaredQueue.DeclaredConsumer;
import dev.sluice.config.DeclaredQueue.DeclaredConsumerSettings;
import dev.sluice.config.DeclaredQueue.DeclaredSettings;
import dev.sluice.queue.ConsumerType;
import dev.sluice.queue.Limits;
import dev.sluice.queue.QueueName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Collects the queues of the {@code queues} table of a wrangler configuration. A queue that the file only produces to
 * gets a pull consumer, so that a test can take its messages.
 */
final class WranglerQueues {
    private static final Set<String> FIELDS = Set.of("producers", "consumers");
    private static final Set<String> PRODUCER_FIELDS = Set.of("queue", "binding", "delivery_delay", "remote");
    private static final Set<String> CONSUMER_FIELDS = Set.of(
            "queue",
            "type",
            "max_batch_size",
            "max_batch_timeout",
            "max_retries",
            "dead_letter_queue",
            "max_concurrency",
            "visibility_timeout_ms",
            "retry_delay");
    private static final DeclaredConsumer PULL =
            new DeclaredConsumer(ConsumerType.HTTP_PULL, "", Optional.empty(), DeclaredConsumerSettings.NONE);

    private final Limits limits;
    private final Optional<String> script;
    private final Map<String, DeclaredSettings> settings = new LinkedHashMap<>();
    private final Map<String, DeclaredConsumer> consumers = new LinkedHashMap<>();
    private final List<String> notes = new ArrayList<>();

    /**
     * @param script the Worker that gets the batches of consumers of type worker; empty if they pull instead
     */
    WranglerQueues(Limits limits, Optional<String> script) {
        this.limits = limits;
        this.script = script;
    }

    /** Adds the producers and consumers of the table. */
    void add(SourceTable queues) {
        notes.addAll(queues.notesOnUnknownFields(FIELDS));
        queues.tables("producers").forEach(this::addProducer);
        queues.tables("consumers").forEach(this::addConsumer);
    }

    List<DeclaredQueue> declared() {
        List<DeclaredQueue> queues = new ArrayList<>();
        settings.forEach((name, declared) -> queues.add(
                new DeclaredQueue(Optional.empty(), name, declared, Optional.of(consumers.getOrDefault(name, PULL)))));
        return queues;
    }

    List<String> notes() {
        return List.copyOf(notes);
    }

    private void addProducer(SourceTable producer) {
        notes.addAll(producer.notesOnUnknownFields(PRODUCER_FIELDS));
        String name = queueOf(producer, "queue").orElseThrow(() -> producer.invalid("queue", "is missing"));
        Optional<Integer> delaySeconds = producer.number("delivery_delay", 0, limits.delaySecondsMax());
        if (delaySeconds.isPresent() || !settings.containsKey(name)) {
            settings.put(name, new DeclaredSettings(delaySeconds, Optional.empty(), Optional.empty()));
        }
    }

    private void addConsumer(SourceTable consumer) {
        notes.addAll(consumer.notesOnUnknownFields(CONSUMER_FIELDS));
        String name = queueOf(consumer, "queue").orElseThrow(() -> consumer.invalid("queue", "is missing"));
        settings.putIfAbsent(name, DeclaredSettings.NONE);
        if (consumers.put(name, consumerOf(consumer)) != null) {
            throw consumer.invalid("queue", "has a consumer already: '" + name + "'");
        }
        if (consumer.text("dead_letter_queue").filter(name::equals).isPresent()) {
            throw consumer.invalid("dead_letter_queue", "must be another queue than its own");
        }
    }

    /** Settings that only the other type has are checked, and left out. */
    private DeclaredConsumer consumerOf(SourceTable consumer) {
        boolean pulls = isPull(consumer) || script.isEmpty();
        Optional<Integer> visibilityMillis =
                consumer.number("visibility_timeout_ms", 1, limits.visibilityTimeoutMillisMax());
        Optional<Integer> waitMillis = consumer.seconds("max_batch_timeout", limits.waitTimeMillisMax());
        Optional<Integer> concurrency = consumer.number("max_concurrency", 1, limits.concurrencyMax());
        DeclaredConsumerSettings declared = new DeclaredConsumerSettings(
                consumer.number("max_batch_size", 1, limits.pullMessagesMax()),
                consumer.number("max_retries", 0, limits.retriesMax()),
                consumer.number("retry_delay", 0, limits.delaySecondsMax()),
                pulls ? visibilityMillis : Optional.empty(),
                pulls ? Optional.empty() : waitMillis,
                pulls ? Optional.empty() : concurrency);
        return new DeclaredConsumer(
                pulls ? ConsumerType.HTTP_PULL : ConsumerType.WORKER,
                pulls ? "" : script.orElseThrow(),
                queueOf(consumer, "dead_letter_queue"),
                declared);
    }

    private static boolean isPull(SourceTable consumer) {
        String type = consumer.text("type").orElse("worker");
        return switch (type) {
            case "http_pull" -> true;
            case "worker" -> false;
            default -> throw consumer.invalid("type", "must be worker or http_pull, not '" + type + "'");
        };
    }

    private static Optional<String> queueOf(SourceTable table, String field) {
        Optional<String> name = table.text(field);
        if (name.isPresent() && !QueueName.isValid(name.get())) {
            throw table.invalid(
                    field,
                    "must be 1 to 63 letters, digits, '-' and '_', with a letter or digit at both ends, not '"
                            + name.get().replaceAll("\\s+", " ") + "'");
        }
        return name;
    }
}
