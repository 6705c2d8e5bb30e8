package dev.sluice.cluster;

/** Paths of the internal port. */
final class NodePaths {
    /** A request of a client, authenticated and checked by the sender. */
    static final String CALL = "/call";
    /** Finds or creates a queue. */
    static final String ENSURE_QUEUE = "/ensure-queue";
    /** Puts a change of the catalog in force. */
    static final String APPLY = "/apply";

    /** Moves dead letters. */
    static final String MOVE = "/move";

    private NodePaths() {}
}
