package dev.sluice.runtime.bus;

import dev.sluice.queue.QueueDefinition;
import dev.sluice.runtime.RuntimeOptions;
import dev.sluice.runtime.catalog.CatalogFollower;
import dev.sluice.runtime.catalog.CatalogVerticle;
import dev.sluice.runtime.deadletter.DeadLetterTransport;
import io.vertx.core.Future;
import io.vertx.core.Vertx;

/** Has the verticles of this node do what another node asks for. Usable from any event loop. */
public final class BusOwnerWork implements OwnerWork {
    private final CatalogFollower follower;
    private final BusCatalogClient catalog;
    private final DeadLetterTransport deadLetters;
    private final BusSender sender;

    public BusOwnerWork(
            Vertx vertx,
            CatalogFollower follower,
            BusCatalogClient catalog,
            DeadLetterTransport deadLetters,
            RuntimeOptions options) {
        this.deadLetters = deadLetters;
        this.follower = follower;
        this.catalog = catalog;
        this.sender = new BusSender(vertx, options.sendTimeoutMillis());
    }

    @Override
    public Future<Void> apply(long queueNumber, long catalogOffset) {
        return follower.reach(catalogOffset)
                .compose(reached -> sender.request(CatalogVerticle.APPLY_ADDRESS, queueNumber))
                .mapEmpty();
    }

    @Override
    public Future<Long> ensureQueue(String accountId, String name, String jurisdiction) {
        return catalog.ensureQueue(accountId, name, jurisdiction).map(QueueDefinition::number);
    }

    @Override
    public Future<DeadLetterTransport.MoveResult> move(long targetNumber, QueueRequest.TakeDeadLetters move) {
        return deadLetters.move(targetNumber, move);
    }
}
