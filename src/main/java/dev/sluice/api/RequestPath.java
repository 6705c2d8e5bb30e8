package dev.sluice.api;

import dev.sluice.queue.QueueDefinition;
import dev.sluice.runtime.catalog.Catalog;
import java.util.Map;

/** What the path of a request names. Owned by one event loop. */
final class RequestPath {
    private static final long NEVER = -1;

    private final String accountId;
    private final String queueId;
    private final Map<String, String> path;
    private QueueDefinition queue;
    /** Of the catalog, as it was before the queue was looked up. */
    private long catalogVersion = NEVER;

    /**
     * A place.
     *
     * @param accountId normalized; null if the path has none or what it has is not of the form
     * @param queueId likewise
     * @param path all parameters as they were given, by name, decoded
     */
    RequestPath(String accountId, String queueId, Map<String, String> path) {
        this.accountId = accountId;
        this.queueId = queueId;
        this.path = path;
    }

    /** The place of a path. */
    static RequestPath of(Map<String, String> path) {
        return new RequestPath(
                Identifiers.normalize(path.get("account_id")), Identifiers.normalize(path.get("queue_id")), path);
    }

    /** The account, or null. */
    String accountId() {
        return accountId;
    }

    /** The queue's id, or null. */
    String queueId() {
        return queueId;
    }

    /** All parameters of the path. */
    Map<String, String> path() {
        return path;
    }

    /**
     * The queue that both ids name, or null. It is remembered until the catalog changes: among ten thousand queues looking it up takes
     * longer than checking the message.
     */
    QueueDefinition queue(Catalog catalog) {
        long version = catalog.version();
        if (version != catalogVersion) {
            queue = catalog.find(accountId, queueId);
            catalogVersion = version;
        }
        return queue;
    }
}
