package dev.sluice;

import dev.sluice.config.DeclaredQueue;
import dev.sluice.queue.QueueDefinition;
import dev.sluice.runtime.Catalog;
import dev.sluice.runtime.CatalogClient;
import dev.sluice.runtime.CatalogClient.ConsumerSpec;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;

/** Brings the queues that the configuration declares into being. What is there already is made to match; nothing is deleted. */
final class Declarations {
    private final Catalog catalog;
    private final CatalogClient changes;
    private final Optional<Installation> installation;

    Declarations(Catalog catalog, CatalogClient changes, Optional<Installation> installation) {
        this.catalog = catalog;
        this.changes = changes;
        this.installation = installation;
    }

    /** Carries them out one after the other. */
    Future<Void> carryOut(List<DeclaredQueue> queues) {
        Future<Void> done = Future.succeededFuture();
        for (DeclaredQueue queue : queues) {
            done = done.compose(before -> carryOut(queue));
        }
        return done;
    }

    private Future<Void> carryOut(DeclaredQueue declared) {
        String accountId = declared.account()
                .or(() -> installation.map(Installation::accountId))
                .orElse(null);
        if (accountId == null) {
            return Future.failedFuture(new StartException("queue '" + declared.name()
                    + "' in queues[] needs an account, because credentials are configured"));
        }
        QueueDefinition known = catalog.findByName(accountId, declared.name());
        Future<QueueDefinition> queue = known == null
                ? changes.createQueue(accountId, declared.name(), declared.settings(), "")
                : changes.updateQueue(accountId, known.queueId(), null, current -> declared.settings());
        return queue.compose(there ->
                declared.consumer().map(consumer -> declare(there, consumer)).orElse(Future.succeededFuture()));
    }

    private Future<Void> declare(QueueDefinition queue, DeclaredQueue.DeclaredConsumer declared) {
        ConsumerSpec spec = new ConsumerSpec(
                declared.type(), declared.scriptName(), declared.deadLetterQueue(), declared.settings());
        QueueDefinition current = catalog.find(queue.accountId(), queue.queueId());
        return current.consumer() == null
                ? changes.createConsumer(queue.accountId(), queue.queueId(), spec)
                        .mapEmpty()
                : changes.replaceConsumer(
                                queue.accountId(),
                                queue.queueId(),
                                current.consumer().consumerId(),
                                spec)
                        .mapEmpty();
    }
}
