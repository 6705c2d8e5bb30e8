package dev.sluice.cluster;

import dev.sluice.cluster.NodeClient.NodeReply;
import dev.sluice.queue.QueueDefinition;
import dev.sluice.queue.QueueError;
import dev.sluice.queue.QueueException;
import dev.sluice.runtime.bus.NodePeers;
import dev.sluice.runtime.bus.QueueRequest.TakeDeadLetters;
import dev.sluice.runtime.deadletter.DeadLetterTransport.MoveResult;
import dev.sluice.store.ShardedStore;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;

/** Sends a node's own requests to the owners, as JSON. Usable from any event loop. */
final class OwnerPeers implements NodePeers {
    private final ShardedStore store;
    private final OwnerRequests owners;

    OwnerPeers(ShardedStore store, OwnerRequests owners) {
        this.store = store;
        this.owners = owners;
    }

    @Override
    public Future<Long> ensureQueue(String accountId, String name, String jurisdiction) {
        JsonObject request =
                new JsonObject().put("account", accountId).put("name", name).put("jurisdiction", jurisdiction);
        return owners.send(ShardedStore.CATALOG, NodePaths.ENSURE_QUEUE, request.toBuffer())
                .compose(OwnerPeers::result)
                .map(result -> result.getLong("queue"));
    }

    @Override
    public Future<MoveResult> move(long targetNumber, TakeDeadLetters move) {
        return owners.send(store.shardOf(targetNumber), NodePaths.MOVE, MoveFormat.encode(targetNumber, move))
                .compose(OwnerPeers::result)
                .map(result -> MoveResult.valueOf(result.getString("result")));
    }

    @Override
    public Future<Void> apply(QueueDefinition queue, long catalogOffset) {
        JsonObject request = new JsonObject().put("queue", queue.number()).put("offset", catalogOffset);
        return owners.send(store.shardOf(queue.number()), NodePaths.APPLY, request.toBuffer())
                .compose(OwnerPeers::result)
                .mapEmpty();
    }

    /** A response with status 200 holds the result, any other one an error. */
    private static Future<JsonObject> result(NodeReply reply) {
        JsonObject body = object(reply.body());
        return reply.status() == 200
                ? Future.succeededFuture(body)
                : Future.failedFuture(new QueueException(
                        QueueError.ofNumber(body.getInteger("error", QueueError.UNAVAILABLE.number())),
                        body.getString("message", "")));
    }

    private static JsonObject object(Buffer body) {
        return body.length() == 0 ? new JsonObject() : new JsonObject(body);
    }
}
