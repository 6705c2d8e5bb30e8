package dev.sluice.config;

import dev.sluice.queue.ConsumerSettings;
import dev.sluice.queue.ConsumerType;
import dev.sluice.queue.QueueSettings;
import java.util.Optional;

/**
 * A queue that must exist once the server is ready.
 *
 * @param account its account id; empty for the installation's own account
 * @param name its name
 * @param settings its settings
 * @param consumer its consumer, if it must have one
 */
public record DeclaredQueue(
        Optional<String> account, String name, QueueSettings settings, Optional<DeclaredConsumer> consumer) {
    /**
     * A consumer that must exist.
     *
     * @param type who takes the messages
     * @param scriptName name of the Worker, empty for http_pull
     * @param deadLetterQueue name of the dead letter queue, empty for none
     * @param settings its settings
     */
    public record DeclaredConsumer(
            ConsumerType type, String scriptName, String deadLetterQueue, ConsumerSettings settings) {}
}
