package dev.sluice.api;

import io.vertx.core.http.HttpMethod;

/** Which node of a cluster serves an operation. A single node serves all of them. */
public enum OperationPlace {
    /** Any node: the result does not depend on what is stored. */
    ANY_NODE,
    /** Any node, from its copy of the catalog, which is brought up to date first. */
    CATALOG_COPY,
    /** The owner of the catalog. */
    CATALOG_OWNER,
    /** The owner of the queue. Each response waits until the node has proved that it still was the owner. */
    QUEUE_OWNER,
    /**
     * The owner of the queue. A response that results from no change may be as old as
     * {@link ClusterRouting#READ_AGE_NANOS}.
     */
    QUEUE_READER;

    /** The place that a route suggests: its queue for messages, otherwise the catalog. */
    static OperationPlace of(Route route) {
        return switch (route.scope()) {
            case CALLER -> ANY_NODE;
            case MESSAGES -> QUEUE_OWNER;
            case ACCOUNT, QUEUE -> route.method().equals(HttpMethod.GET) ? CATALOG_COPY : CATALOG_OWNER;
        };
    }

    boolean isOfQueue() {
        return this == QUEUE_OWNER || this == QUEUE_READER;
    }
}
