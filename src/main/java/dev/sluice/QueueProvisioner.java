package dev.sluice;

import dev.sluice.config.DeclaredQueue;
import dev.sluice.config.DeclaredQueue.DeclaredConsumer;
import dev.sluice.queue.Consumer;
import dev.sluice.queue.QueueDefinition;
import dev.sluice.queue.QueueException;
import dev.sluice.queue.QueueSettings;
import dev.sluice.runtime.bus.CatalogClient;
import dev.sluice.runtime.bus.CatalogClient.ConsumerSpec;
import dev.sluice.runtime.catalog.Catalog;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;

/**
 * Creates the queues that the configuration declares. A queue or consumer that exists takes the declared fields and keeps all others;
 * nothing is deleted.
 */
final class QueueProvisioner {
    private final Catalog catalog;
    private final CatalogClient changes;
    private final Optional<GeneratedCredentials> installation;

    QueueProvisioner(Catalog catalog, CatalogClient changes, Optional<GeneratedCredentials> installation) {
        this.catalog = catalog;
        this.changes = changes;
        this.installation = installation;
    }

    /** Carries them out one after the other. */
    Future<Void> provision(List<DeclaredQueue> queues) {
        Future<Void> done = Future.succeededFuture();
        for (DeclaredQueue queue : queues) {
            done = done.compose(before -> provision(queue));
        }
        return done;
    }

    private Future<Void> provision(DeclaredQueue declared) {
        String accountId = declared.account()
                .or(() -> installation.map(GeneratedCredentials::accountId))
                .orElse(null);
        if (accountId == null) {
            return Future.failedFuture(new StartException("queue '" + declared.name()
                    + "' in queues[] needs an account, because credentials are configured"));
        }
        QueueDefinition known = catalog.findByName(accountId, declared.name());
        return settingsOf(accountId, declared, known)
                .compose(queue -> declared.consumer()
                        .map(consumer -> declare(queue, consumer))
                        .orElse(Future.succeededFuture()))
                .recover(failure -> Future.failedFuture(
                        failure instanceof QueueException
                                ? new StartException(
                                        "queue '" + declared.name() + "' in queues[]: " + failure.getMessage())
                                : failure));
    }

    /** Leaves alone what is as declared: it may rest on limits that were lowered since. */
    private Future<QueueDefinition> settingsOf(String accountId, DeclaredQueue declared, QueueDefinition known) {
        if (known == null) {
            return changes.createQueue(
                    accountId, declared.name(), declared.settings().over(QueueSettings.DEFAULT), "");
        }
        return declared.settings().over(known.settings()).equals(known.settings())
                ? Future.succeededFuture(known)
                : changes.updateQueue(accountId, known.queueId(), null, current -> declared.settings()
                        .over(current));
    }

    private Future<Void> declare(QueueDefinition queue, DeclaredConsumer declared) {
        Consumer current = queue.consumer();
        ConsumerSpec spec = new ConsumerSpec(
                declared.type(),
                declared.scriptName(),
                declared.deadLetterQueueOver(current),
                declared.settingsOver(current));
        if (current == null) {
            return changes.createConsumer(queue.accountId(), queue.queueId(), spec)
                    .mapEmpty();
        }
        return isAsDeclared(queue, spec)
                ? Future.succeededFuture()
                : changes.replaceConsumer(queue.accountId(), queue.queueId(), current.consumerId(), spec)
                        .mapEmpty();
    }

    private boolean isAsDeclared(QueueDefinition queue, ConsumerSpec spec) {
        Consumer current = queue.consumer();
        boolean deadLettersHaveAPlace = spec.deadLetterQueue().isEmpty()
                || catalog.findByName(queue.accountId(), spec.deadLetterQueue()) != null;
        return deadLettersHaveAPlace
                && current.type() == spec.type()
                && current.scriptName().equals(spec.scriptName())
                && current.deadLetterQueue().equals(spec.deadLetterQueue())
                && current.settings().equals(spec.settings());
    }
}
