package dev.sluice.api.control;

import dev.sluice.queue.QueueError;
import dev.sluice.queue.QueueException;
import io.vertx.core.json.JsonObject;
import java.util.Set;

/** The jurisdiction in the body of a request that creates or changes a queue (docs/api.md 3.8). */
final class Jurisdiction {
    private static final Set<String> ALL = Set.of("eu", "us", "fedramp");

    private Jurisdiction() {}

    /**
     * The jurisdiction, empty if the body has none. The type must have been checked.
     *
     * @throws QueueException REQUEST_INVALID
     */
    static String of(JsonObject body) {
        String jurisdiction = body.getString("jurisdiction");
        if (jurisdiction == null) {
            return "";
        }
        if (!ALL.contains(jurisdiction)) {
            throw new QueueException(QueueError.REQUEST_INVALID, "jurisdiction must be \"eu\", \"us\" or \"fedramp\".");
        }
        return jurisdiction;
    }
}
