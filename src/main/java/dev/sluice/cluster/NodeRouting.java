package dev.sluice.cluster;

import dev.sluice.api.ClusterRouting;
import dev.sluice.api.ForwardedCall;
import dev.sluice.queue.QueueDefinition;
import dev.sluice.queue.QueueError;
import dev.sluice.queue.QueueException;
import dev.sluice.runtime.ShardOwnership;
import dev.sluice.runtime.catalog.CatalogFollower;
import dev.sluice.store.ShardedStore;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/** Routes requests by what this node owns and by the plan of the group. Usable from any event loop. */
final class NodeRouting implements ClusterRouting {
    /** Beside the call, a request has the offset of the catalog that its sender has. */
    static final int OFFSET_BYTES = Long.BYTES;

    private final Vertx vertx;
    private final ShardedStore store;
    private final ShardOwnership ownership;
    private final OwnerRequests owners;
    private final CatalogFollower catalog;

    NodeRouting(
            Vertx vertx, ShardedStore store, ShardOwnership ownership, OwnerRequests owners, CatalogFollower catalog) {
        this.vertx = vertx;
        this.store = store;
        this.ownership = ownership;
        this.owners = owners;
        this.catalog = catalog;
    }

    @Override
    public boolean serves(QueueDefinition queue) {
        return ownership.serves(queue.number());
    }

    @Override
    public boolean servesCatalog() {
        return store.owns(ShardedStore.CATALOG);
    }

    @Override
    public Future<Void> catchUp() {
        return catalog.catchUp();
    }

    @Override
    public Future<ForwardedReply> forward(@Nullable QueueDefinition queue, ForwardedCall call) {
        Buffer encoded = call.encode();
        Buffer body = Buffer.buffer(OFFSET_BYTES + encoded.length())
                .appendLong(catalog.offset())
                .appendBuffer(encoded);
        return owners.send(shard(queue), NodePaths.CALL, body)
                .map(reply -> new ForwardedReply(reply.status(), reply.headers(), reply.body()));
    }

    @Override
    public boolean isConfirmed(@Nullable QueueDefinition queue, long sinceNanos) {
        return store.isShardConfirmed(shard(queue), sinceNanos);
    }

    @Override
    public Future<Void> confirm(@Nullable QueueDefinition queue, long sinceNanos) {
        return Future.fromCompletionStage(store.confirmShard(shard(queue), sinceNanos), vertx.getOrCreateContext())
                .recover(failure -> Future.failedFuture(new QueueException(
                        QueueError.UNAVAILABLE, "This node could not prove that it still owns the queue. Try again.")));
    }

    private int shard(@Nullable QueueDefinition queue) {
        return queue == null ? ShardedStore.CATALOG : store.shardOf(queue.number());
    }
}
