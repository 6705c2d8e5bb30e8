package dev.sluice.cluster;

import dev.sluice.cluster.NodeClient.NodeReply;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;

/**
 * Sends requests to the owners of shards. A node that is not the owner says who is, as far as it knows; that is followed
 * twice. A request is sent again only if it was not served, so nothing is carried out twice. Usable from any event loop.
 */
final class OwnerRequests {
    private static final int FOLLOWED_MAX = 2;

    private final NodeClient client;
    private final ShardRoutes routes;
    private final String self;

    /** @param self the internal address of this node */
    OwnerRequests(NodeClient client, ShardRoutes routes, String self) {
        this.client = client;
        this.routes = routes;
        this.self = self;
    }

    /** Sends a request to the owner of a shard. Fails with UNAVAILABLE. */
    Future<NodeReply> send(int shard, String path, Buffer body) {
        return routes.of(shard)
                .map(address -> send(address, path, body, 0))
                .orElseGet(() -> Future.failedFuture(NodeClient.notServed()));
    }

    private Future<NodeReply> send(String address, String path, Buffer body, int followed) {
        if (address.equals(self)) {
            // The plan gives the shard to this node, which does not own it yet.
            return Future.failedFuture(NodeClient.notServed());
        }
        return client.send(address, path, body).compose(reply -> {
            if (reply.wasServed()) {
                return Future.succeededFuture(reply);
            }
            boolean follows = followed < FOLLOWED_MAX
                    && !reply.owner().isEmpty()
                    && !reply.owner().equals(address);
            return follows
                    ? send(reply.owner(), path, body, followed + 1)
                    : Future.failedFuture(NodeClient.notServed());
        });
    }
}
