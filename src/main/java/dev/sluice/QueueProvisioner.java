package dev.sluice;

import dev.sluice.config.DeclaredQueue;
import dev.sluice.config.DeclaredQueue.DeclaredConsumer;
import dev.sluice.queue.Consumer;
import dev.sluice.queue.QueueDefinition;
import dev.sluice.queue.QueueException;
import dev.sluice.queue.QueueSettings;
import dev.sluice.runtime.Steps;
import dev.sluice.runtime.bus.CatalogClient;
import dev.sluice.runtime.bus.CatalogClient.ConsumerSpec;
import dev.sluice.runtime.catalog.Catalog;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Creates the queues that the configuration declares. An existing queue or consumer gets the declared fields and keeps
 * all others; nothing is deleted.
 */
final class QueueProvisioner {
    private final Catalog catalog;
    private final CatalogClient changes;
    private final Optional<String> defaultAccountId;

    /**
     * @param defaultAccountId the account of queues that name none
     */
    QueueProvisioner(Catalog catalog, CatalogClient changes, Optional<String> defaultAccountId) {
        this.catalog = catalog;
        this.changes = changes;
        this.defaultAccountId = defaultAccountId;
    }

    /** The account of a declared queue; empty if it names none and there is no default. */
    Optional<String> accountOf(DeclaredQueue declared) {
        return declared.account().or(() -> defaultAccountId);
    }

    /** Creates or updates the queues one after the other. */
    Future<Void> provision(List<DeclaredQueue> queues) {
        return Steps.inSequence(queues, this::provision);
    }

    private Future<Void> provision(DeclaredQueue declared) {
        Optional<String> account = accountOf(declared);
        if (account.isEmpty()) {
            return Future.failedFuture(new StartException("queue '" + declared.name()
                    + "' in queues[] needs an account, because credentials are configured"));
        }
        String accountId = account.get();
        QueueDefinition existing = catalog.findByName(accountId, declared.name());
        return provisionQueue(accountId, declared, existing)
                .compose(queue -> declared.consumer()
                        .map(consumer -> provisionConsumer(queue, consumer))
                        .orElse(Future.succeededFuture()))
                .recover(failure -> Future.failedFuture(
                        failure instanceof QueueException
                                ? new StartException(
                                        "queue '" + declared.name() + "' in queues[]: " + failure.getMessage())
                                : failure));
    }

    /** Does not update settings that equal the declaration: they may exceed limits that were lowered since. */
    private Future<QueueDefinition> provisionQueue(
            String accountId, DeclaredQueue declared, @Nullable QueueDefinition existing) {
        if (existing == null) {
            return changes.createQueue(
                    accountId, declared.name(), declared.settings().over(QueueSettings.DEFAULT), "");
        }
        return declared.settings().over(existing.settings()).equals(existing.settings())
                ? Future.succeededFuture(existing)
                : changes.updateQueue(accountId, existing.queueId(), null, current -> declared.settings()
                        .over(current));
    }

    private Future<Void> provisionConsumer(QueueDefinition queue, DeclaredConsumer declared) {
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
        return isAsDeclared(queue, current, spec)
                ? Future.succeededFuture()
                : changes.replaceConsumer(queue.accountId(), queue.queueId(), current.consumerId(), spec)
                        .mapEmpty();
    }

    private boolean isAsDeclared(QueueDefinition queue, Consumer current, ConsumerSpec spec) {
        boolean deadLetterQueueExists = spec.deadLetterQueue().isEmpty()
                || catalog.findByName(queue.accountId(), spec.deadLetterQueue()) != null;
        return deadLetterQueueExists
                && current.type() == spec.type()
                && current.scriptName().equals(spec.scriptName())
                && current.deadLetterQueue().equals(spec.deadLetterQueue())
                && current.settings().equals(spec.settings());
    }
}
