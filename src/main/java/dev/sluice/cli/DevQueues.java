package dev.sluice.cli;

import dev.sluice.config.DeclaredQueue;
import dev.sluice.config.DeclaredQueue.DeclaredConsumer;
import dev.sluice.config.DeclaredQueue.DeclaredConsumerSettings;
import dev.sluice.config.DeclaredQueue.DeclaredSettings;
import dev.sluice.config.ServerConfig;
import dev.sluice.queue.ConsumerType;
import dev.sluice.queue.QueueName;
import dev.sluice.wrangler.WranglerConfiguration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The queues of a development server by name, from several sources. A queue of the configuration file keeps its
 * declaration; otherwise the wrangler configuration comes before a flag.
 */
final class DevQueues {
    private static final DeclaredConsumer PULL =
            new DeclaredConsumer(ConsumerType.HTTP_PULL, "", Optional.empty(), DeclaredConsumerSettings.NONE);

    private final boolean strictNames;
    private final List<DeclaredQueue> ofOtherAccounts = new ArrayList<>();
    private final Map<String, DeclaredQueue> queues = new LinkedHashMap<>();
    private final List<String> notes = new ArrayList<>();

    /** Begins with the queues of the configuration. */
    DevQueues(ServerConfig config) {
        strictNames = config.messages().strictQueueNames();
        for (DeclaredQueue queue : config.queues()) {
            if (queue.account().isPresent()
                    && !queue.account().equals(config.auth().account())) {
                ofOtherAccounts.add(queue);
            } else {
                queues.put(queue.name(), queue);
            }
        }
    }

    /** Adds a queue with a pull consumer. */
    void add(String name) {
        QueueName.check(name, strictNames);
        queues.putIfAbsent(name, new DeclaredQueue(Optional.empty(), name, DeclaredSettings.NONE, Optional.of(PULL)));
    }

    /** Adds the queues of a wrangler configuration. */
    void addAll(WranglerConfiguration configuration) {
        configuration.queues().forEach(queue -> queues.putIfAbsent(queue.name(), queue));
        notes.addAll(configuration.notes());
    }

    /** Adds the dead letter queues that no source declared, with pull consumers, so that a test can look at them. */
    void addDeadLetterQueues() {
        for (DeclaredQueue queue : List.copyOf(queues.values())) {
            String deadLetterQueue =
                    queue.consumer().flatMap(DeclaredConsumer::deadLetterQueue).orElse("");
            if (!deadLetterQueue.isEmpty() && !queues.containsKey(deadLetterQueue)) {
                add(deadLetterQueue);
                notes.add("the dead letter queue '" + deadLetterQueue + "' of queue '" + queue.name()
                        + "' is not declared; it is created with a pull consumer");
            }
        }
    }

    /** Everything that must exist. */
    List<DeclaredQueue> declared() {
        List<DeclaredQueue> all = new ArrayList<>(ofOtherAccounts);
        all.addAll(queues.values());
        return all;
    }

    /** Lines for the user. */
    List<String> notes() {
        return notes;
    }
}
