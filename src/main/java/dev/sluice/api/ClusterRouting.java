package dev.sluice.api;

import dev.sluice.queue.QueueDefinition;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Which node of a cluster owns what, and how the others are reached. Usable from any event loop; futures complete on
 * the event loop of the caller. They fail with a {@link dev.sluice.queue.QueueException}, UNAVAILABLE if a node or Kafka
 * cannot be reached.
 */
public interface ClusterRouting {
    /** How old a response without a change may be: the node may have been deposed for so long. */
    long READ_AGE_NANOS = TimeUnit.SECONDS.toNanos(2);

    /**
     * The response of another node.
     *
     * @param headers without those of the connection
     */
    record ForwardedReply(int status, MultiMap headers, Buffer body) {}

    /** Whether this node serves the queue now. */
    boolean serves(QueueDefinition queue);

    /** Whether this node carries out changes of the catalog now. */
    boolean servesCatalog();

    /** Completes when the catalog here has every change that was confirmed, by any node, before the call. */
    Future<Void> catchUp();

    /**
     * Sends a request to the owner of a queue, or of the catalog. It is sent again only if its receiver did not serve
     * it.
     *
     * @param queue null for the catalog
     */
    Future<ForwardedReply> forward(@Nullable QueueDefinition queue, ForwardedCall call);

    /**
     * Whether this node has proved that it owned the queue, or the catalog, after that time.
     *
     * @param queue null for the catalog
     * @param sinceNanos on the clock of {@link System#nanoTime}
     */
    boolean isConfirmed(@Nullable QueueDefinition queue, long sinceNanos);

    /** Completes when that is proved; fails if this node is not the owner. */
    Future<Void> confirm(@Nullable QueueDefinition queue, long sinceNanos);
}
