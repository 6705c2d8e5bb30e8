package dev.sluice.config;

import dev.sluice.queue.Consumer;
import dev.sluice.queue.ConsumerSettings;
import dev.sluice.queue.ConsumerType;
import dev.sluice.queue.QueueSettings;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A queue that must exist when the server is ready. A field that is not declared has its default in a new queue and
 * keeps its value in an existing one.
 *
 * @param account its account id; empty for the generated account
 * @param name its name
 * @param settings its settings, as far as they are declared
 * @param consumer its consumer, if it must have one
 */
public record DeclaredQueue(
        Optional<String> account, String name, DeclaredSettings settings, Optional<DeclaredConsumer> consumer) {
    /**
     * Declared settings of a queue, as in {@link QueueSettings}.
     *
     * @param deliveryDelaySeconds empty if it is not declared
     * @param deliveryPaused empty if it is not declared
     * @param retentionSeconds empty if it is not declared
     */
    public record DeclaredSettings(
            Optional<Integer> deliveryDelaySeconds,
            Optional<Boolean> deliveryPaused,
            Optional<Integer> retentionSeconds) {
        /** Nothing is declared. */
        public static final DeclaredSettings NONE =
                new DeclaredSettings(Optional.empty(), Optional.empty(), Optional.empty());

        /** The settings after the declaration was carried out on a queue with these. */
        public QueueSettings over(QueueSettings current) {
            return new QueueSettings(
                    deliveryDelaySeconds.orElse(current.deliveryDelaySeconds()),
                    deliveryPaused.orElse(current.deliveryPaused()),
                    retentionSeconds.orElse(current.retentionSeconds()));
        }
    }

    /**
     * A consumer that must exist.
     *
     * @param type who takes the messages
     * @param scriptName name of the Worker, empty for http_pull
     * @param deadLetterQueue name of the dead letter queue, an empty name for none; empty if it is not declared
     * @param settings its settings, as far as they are declared
     */
    public record DeclaredConsumer(
            ConsumerType type, String scriptName, Optional<String> deadLetterQueue, DeclaredConsumerSettings settings) {
        /**
         * The settings after the declaration was carried out on a queue with that consumer. Settings that only the declared type
         * has are at their defaults if the consumer was of the other type.
         *
         * @param current null if there is none
         */
        public ConsumerSettings settingsOver(@Nullable Consumer current) {
            ConsumerSettings defaults = ConsumerSettings.defaultsOf(type);
            if (current == null) {
                return settings.over(defaults);
            }
            ConsumerSettings had = current.settings();
            return settings.over(
                    current.type() == type
                            ? had
                            : new ConsumerSettings(
                                    had.batchSize(),
                                    had.maxRetries(),
                                    had.retryDelaySeconds(),
                                    defaults.visibilityTimeoutMillis(),
                                    defaults.maxWaitTimeMillis(),
                                    defaults.maxConcurrency()));
        }

        /**
         * The dead letter queue after the declaration was carried out on a queue with that consumer, empty for none.
         *
         * @param current null if there is none
         */
        public String deadLetterQueueOver(@Nullable Consumer current) {
            return deadLetterQueue.orElse(current == null ? "" : current.deadLetterQueue());
        }
    }

    /**
     * Declared settings of a consumer, as in {@link ConsumerSettings}; each is empty if it is not declared.
     *
     * @param batchSize messages per pull or batch
     * @param maxRetries deliveries after the first
     * @param retryDelaySeconds delay of a retry that brings none
     * @param visibilityTimeoutMillis length of a lease
     * @param maxWaitTimeMillis how long a batch may gather
     * @param maxConcurrency batches in progress at once
     */
    public record DeclaredConsumerSettings(
            Optional<Integer> batchSize,
            Optional<Integer> maxRetries,
            Optional<Integer> retryDelaySeconds,
            Optional<Integer> visibilityTimeoutMillis,
            Optional<Integer> maxWaitTimeMillis,
            Optional<Integer> maxConcurrency) {
        /** Nothing is declared. */
        public static final DeclaredConsumerSettings NONE = new DeclaredConsumerSettings(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());

        ConsumerSettings over(ConsumerSettings current) {
            return new ConsumerSettings(
                    batchSize.orElse(current.batchSize()),
                    maxRetries.orElse(current.maxRetries()),
                    retryDelaySeconds.orElse(current.retryDelaySeconds()),
                    visibilityTimeoutMillis.orElse(current.visibilityTimeoutMillis()),
                    maxWaitTimeMillis.orElse(current.maxWaitTimeMillis()),
                    maxConcurrency.orElse(current.maxConcurrency()));
        }
    }
}
