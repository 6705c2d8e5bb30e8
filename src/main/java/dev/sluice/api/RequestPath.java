package dev.sluice.api;

import dev.sluice.queue.QueueDefinition;
import dev.sluice.runtime.catalog.Catalog;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the path of a request identifies. Owned by one event loop. */
final class RequestPath {
    /** The parameter of the former paths, which name a queue instead of its id. */
    static final String QUEUE_NAME = "queue_name";

    private static final long NEVER = -1;

    private final @Nullable String accountId;
    private final @Nullable String queueId;
    private final Map<String, String> parameters;
    /** Whether {@link #queueId} may also be the name of a queue. */
    private final boolean named;

    private @Nullable QueueDefinition queue;
    /** The version of the catalog before the queue was looked up. */
    private long catalogVersion = NEVER;

    /**
     * A path with these ids.
     *
     * @param accountId normalized; null if it is absent or malformed
     * @param queueId normalized; null if it is absent or malformed
     * @param parameters all path parameters as given, by name, decoded
     */
    RequestPath(@Nullable String accountId, @Nullable String queueId, Map<String, String> parameters) {
        this(accountId, queueId, parameters, false);
    }

    private RequestPath(
            @Nullable String accountId, @Nullable String queueId, Map<String, String> parameters, boolean named) {
        this.accountId = accountId;
        this.queueId = queueId;
        this.parameters = parameters;
        this.named = named;
    }

    /**
     * A queue that is given by its name or its id, as in the headers of the queue binding and in the former paths. A
     * name comes first.
     *
     * @param accountId normalized
     */
    static RequestPath ofName(String accountId, String nameOrId) {
        return new RequestPath(accountId, nameOrId, Map.of(), true);
    }

    /** The path with these parameters. */
    static RequestPath of(Map<String, String> parameters) {
        String accountId = Identifiers.normalize(parameters.get("account_id"));
        String queueName = parameters.get(QUEUE_NAME);
        return queueName == null
                ? new RequestPath(accountId, Identifiers.normalize(parameters.get("queue_id")), parameters)
                : new RequestPath(accountId, queueName, parameters, true);
    }

    /** The account id, or null. */
    @Nullable
    String accountId() {
        return accountId;
    }

    /** The queue id, or null. For a queue that is given by name it is the name. */
    @Nullable
    String queueId() {
        return queueId;
    }

    /** All path parameters as given, by name, decoded. */
    Map<String, String> parameters() {
        return parameters;
    }

    /**
     * The queue that both ids identify, or null. It is cached until the catalog changes: with ten thousand queues, the
     * lookup takes longer than the validation of a message.
     */
    @Nullable
    QueueDefinition queue(Catalog catalog) {
        long version = catalog.version();
        if (version != catalogVersion) {
            queue = accountId == null || queueId == null ? null : find(catalog, accountId, queueId);
            catalogVersion = version;
        }
        return queue;
    }

    private @Nullable QueueDefinition find(Catalog catalog, String account, String nameOrId) {
        QueueDefinition found = named ? catalog.findByName(account, nameOrId) : null;
        return found != null ? found : catalog.find(account, nameOrId);
    }
}
