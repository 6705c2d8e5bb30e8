package dev.sluice.api.control;

import dev.sluice.api.Identifiers;
import dev.sluice.api.OperationCall;
import dev.sluice.queue.Consumer;
import java.util.Objects;

/** The consumer that a path identifies. */
final class ConsumerPath {
    private ConsumerPath() {}

    /**
     * The id in the path, normalized. A former path may have the name of a Worker in its place: then it is the id of the
     * consumer with that Worker. What identifies no consumer is returned as it is.
     */
    static String consumerId(OperationCall call) {
        String name = call.path().get("consumer_name");
        Consumer consumer = call.queue().consumer();
        if (name != null && consumer != null && name.equals(consumer.scriptName())) {
            return consumer.consumerId();
        }
        String given = name == null ? Objects.requireNonNull(call.path().get("consumer_id")) : name;
        String consumerId = Identifiers.normalize(given);
        return consumerId == null ? given : consumerId;
    }
}
