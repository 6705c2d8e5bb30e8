package dev.sluice.config;

import dev.sluice.config.DeclaredQueue.DeclaredConsumer;
import dev.sluice.config.DeclaredQueue.DeclaredConsumerSettings;
import dev.sluice.config.DeclaredQueue.DeclaredSettings;
import dev.sluice.queue.ConsumerType;
import dev.sluice.queue.Limits;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The value of {@code queues}; the field names are those of the API. Ranges depend on the limits and are checked after
 * those are known.
 */
final class DeclaredQueueType implements ValueType<List<DeclaredQueueType.Draft>> {
    private static final List<String> FIELDS = List.of("account", "name", "settings", "consumer");
    private static final List<String> QUEUE_SETTINGS =
            List.of("delivery_delay", "delivery_paused", "message_retention_period");
    private static final List<String> CONSUMER = List.of("type", "script_name", "dead_letter_queue", "settings");
    private static final List<String> CONSUMER_SETTINGS = List.of(
            "batch_size", "max_retries", "retry_delay", "visibility_timeout_ms", "max_wait_time_ms", "max_concurrency");

    /** One entry whose numbers are not validated yet. */
    record Draft(ConfigMap entry) {
        /** The validated entry. */
        DeclaredQueue check(Limits limits) throws InvalidValueException {
            return declaredQueue(entry, limits);
        }
    }

    @Override
    public List<Draft> parse(Object raw) throws InvalidValueException {
        List<Draft> drafts = new ArrayList<>();
        for (ConfigMap entry : ConfigMap.list(raw, FIELDS, Integer.MAX_VALUE)) {
            drafts.add(new Draft(entry));
        }
        return drafts;
    }

    /** The queues, validated against the limits. */
    static List<DeclaredQueue> check(List<Draft> drafts, Limits limits, boolean accountRequired)
            throws InvalidValueException {
        ConfigMap.requireAtMost(limits.queuesMax(), drafts.size(), "");
        List<DeclaredQueue> queues = new ArrayList<>();
        Set<List<String>> seen = new HashSet<>();
        for (Draft draft : drafts) {
            DeclaredQueue queue = draft.check(limits);
            if (accountRequired && queue.account().isEmpty()) {
                throw draft.entry()
                        .invalidField(
                                "account",
                                "is missing: with configured credentials it is needed here or in auth.account");
            }
            if (!seen.add(List.of(queue.account().orElse(""), queue.name()))) {
                throw draft.entry().invalidField("name", "is used twice: '" + queue.name() + "'");
            }
            queues.add(queue);
        }
        return List.copyOf(queues);
    }

    private static DeclaredQueue declaredQueue(ConfigMap entry, Limits limits) throws InvalidValueException {
        Optional<String> account = entry.find("account", ValueTypes.text());
        if (account.isPresent() && !AccountIds.isWellFormed(account.get())) {
            throw entry.invalidField("account", "must be 32 hexadecimal digits, in quotes");
        }
        String name = entry.require("name", ValueTypes.text());
        Optional<ConfigMap> settings = entry.child("settings", QUEUE_SETTINGS);
        Optional<ConfigMap> consumer = entry.child("consumer", CONSUMER);
        return new DeclaredQueue(
                account,
                name,
                settings.isEmpty() ? DeclaredSettings.NONE : queueSettings(settings.get(), limits),
                consumer.isEmpty() ? Optional.empty() : Optional.of(declaredConsumer(consumer.get(), limits)));
    }

    private static DeclaredSettings queueSettings(ConfigMap entry, Limits limits) throws InvalidValueException {
        return new DeclaredSettings(
                number(entry, "delivery_delay", 0, limits.delaySecondsMax()),
                entry.find("delivery_paused", ValueTypes.bool()),
                number(entry, "message_retention_period", limits.retentionSecondsMin(), limits.retentionSecondsMax()));
    }

    private static DeclaredConsumer declaredConsumer(ConfigMap entry, Limits limits) throws InvalidValueException {
        ConsumerType type = ConsumerType.ofWireName(entry.require("type", ValueTypes.text()));
        if (type == null) {
            throw entry.invalidField("type", "must be http_pull or worker");
        }
        String script = entry.find("script_name", ValueTypes.text()).orElse("");
        if (script.isEmpty() == (type == ConsumerType.WORKER)) {
            throw entry.invalidField("script_name", "goes with type worker, and only with it");
        }
        Optional<ConfigMap> settings = entry.child("settings", CONSUMER_SETTINGS);
        return new DeclaredConsumer(
                type,
                script,
                entry.find("dead_letter_queue", ValueTypes.text()),
                settings.isEmpty() ? DeclaredConsumerSettings.NONE : consumerSettings(settings.get(), limits));
    }

    private static DeclaredConsumerSettings consumerSettings(ConfigMap entry, Limits limits)
            throws InvalidValueException {
        return new DeclaredConsumerSettings(
                number(entry, "batch_size", 1, limits.pullMessagesMax()),
                number(entry, "max_retries", 0, limits.retriesMax()),
                number(entry, "retry_delay", 0, limits.delaySecondsMax()),
                number(entry, "visibility_timeout_ms", 1, limits.visibilityTimeoutMillisMax()),
                number(entry, "max_wait_time_ms", 0, limits.waitTimeMillisMax()),
                number(entry, "max_concurrency", 1, limits.concurrencyMax()));
    }

    private static Optional<Integer> number(ConfigMap entry, String name, int min, int max)
            throws InvalidValueException {
        return entry.find(name, ValueTypes.integer(min, max));
    }

    @Override
    public String expectation() {
        return "a list of {account, name, settings, consumer}";
    }

    @Override
    public boolean structured() {
        return true;
    }
}
