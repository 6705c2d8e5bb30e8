package dev.sluice.runtime.bus;

import dev.sluice.queue.QueueError;
import dev.sluice.queue.QueueException;
import dev.sluice.runtime.RuntimeOptions;
import dev.sluice.runtime.catalog.CatalogFollower;
import dev.sluice.runtime.catalog.CatalogVerticle;
import dev.sluice.runtime.catalog.CatalogView;
import dev.sluice.store.ShardedStore;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks the catalog verticle to read the local copy of the catalog. Usable from any event loop. */
public final class BusCatalogFollower implements CatalogFollower {
    private static final Logger LOG = LoggerFactory.getLogger(BusCatalogFollower.class);

    private final Vertx vertx;
    private final ShardedStore store;
    private final CatalogView catalog;
    private final BusSender sender;

    public BusCatalogFollower(Vertx vertx, ShardedStore store, CatalogView catalog, RuntimeOptions options) {
        this.vertx = vertx;
        this.store = store;
        this.catalog = catalog;
        this.sender = new BusSender(vertx, options.sendTimeoutMillis());
    }

    @Override
    public void refresh() {
        reach(store.catalogOffset())
                .onFailure(failure -> LOG.warn("The catalog could not be read again: {}", failure.getMessage()));
    }

    @Override
    public Future<Void> catchUp() {
        return Future.fromCompletionStage(store.catchUpCatalog(), vertx.getOrCreateContext())
                .recover(failure -> Future.failedFuture(new QueueException(
                        QueueError.UNAVAILABLE,
                        "Kafka does not say at the moment what has changed. Nothing was carried out.")))
                .compose(this::reach);
    }

    @Override
    public Future<Void> reach(long offset) {
        return catalog.offset() >= offset
                ? Future.succeededFuture()
                : sender.request(CatalogVerticle.REFRESH_ADDRESS, new CatalogVerticle.Refresh(offset))
                        .mapEmpty();
    }

    @Override
    public long offset() {
        return catalog.offset();
    }
}
