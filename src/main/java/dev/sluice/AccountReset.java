package dev.sluice;

import dev.sluice.config.DeclaredQueue;
import dev.sluice.config.DeclaredQueue.DeclaredConsumer;
import dev.sluice.queue.Consumer;
import dev.sluice.queue.QueueDefinition;
import dev.sluice.queue.QueueError;
import dev.sluice.queue.QueueException;
import dev.sluice.queue.QueueSettings;
import dev.sluice.queue.Subscription;
import dev.sluice.runtime.Steps;
import dev.sluice.runtime.bus.CatalogClient;
import dev.sluice.runtime.bus.QueueClient;
import dev.sluice.runtime.catalog.Catalog;
import io.vertx.core.Future;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Brings an account back to its state after the start: without messages, with the declared queues and no others.
 * Declared queues and their dead letter queues keep their ids. For development mode. Safe for use from several threads;
 * steps run one after the other.
 */
final class AccountReset {
    private final Catalog catalog;
    private final CatalogClient changes;
    private final QueueClient queues;
    private final QueueProvisioner provisioner;
    private final List<DeclaredQueue> declared;

    AccountReset(
            Catalog catalog,
            CatalogClient changes,
            QueueClient queues,
            QueueProvisioner provisioner,
            List<DeclaredQueue> declared) {
        this.catalog = catalog;
        this.changes = changes;
        this.queues = queues;
        this.provisioner = provisioner;
        this.declared = declared;
    }

    /** Resets the account; returns the number of its queues. */
    Future<Integer> reset(String accountId) {
        Map<String, DeclaredQueue> kept = kept(accountId);
        return Steps.inSequence(catalog.listSubscriptions(accountId), this::delete)
                .compose(deleted -> Steps.inSequence(
                        catalog.list(accountId),
                        queue -> kept.containsKey(queue.name())
                                ? restore(queue, kept.get(queue.name()))
                                : ignoreUnknown(changes.deleteQueue(accountId, queue.queueId()))))
                // A message that was on its way to its dead letter queue may have arrived after the purge of that
                // queue.
                .compose(restored -> Steps.inSequence(
                        catalog.list(accountId),
                        queue -> ignoreUnknown(queues.purge(queue).mapEmpty())))
                .compose(purged -> provisioner.provision(declared.stream()
                        .filter(queue -> isOf(queue, accountId))
                        .toList()))
                .map(provisioned -> catalog.list(accountId).size());
    }

    /** The declared queues of an account by name, and dead letter queues that no one declared. */
    private Map<String, DeclaredQueue> kept(String accountId) {
        Map<String, DeclaredQueue> kept = new LinkedHashMap<>();
        for (DeclaredQueue queue : declared) {
            if (isOf(queue, accountId)) {
                kept.put(queue.name(), queue);
            }
        }
        for (DeclaredQueue queue : List.copyOf(kept.values())) {
            queue.consumer()
                    .flatMap(DeclaredConsumer::deadLetterQueue)
                    .filter(name -> !name.isEmpty())
                    .ifPresent(name -> kept.putIfAbsent(
                            name,
                            new DeclaredQueue(
                                    queue.account(), name, DeclaredQueue.DeclaredSettings.NONE, Optional.empty())));
        }
        return kept;
    }

    private boolean isOf(DeclaredQueue queue, String accountId) {
        return provisioner.accountOf(queue).filter(accountId::equals).isPresent();
    }

    private Future<Void> delete(Subscription subscription) {
        return ignoreUnknown(changes.deleteSubscription(subscription.accountId(), subscription.id())
                .mapEmpty());
    }

    /** Removes the consumer if none is declared, or one with other settings; the provisioner then creates it anew. */
    private Future<Void> restore(QueueDefinition queue, DeclaredQueue declaration) {
        QueueSettings settings = declaration.settings().over(QueueSettings.DEFAULT);
        Future<?> configured = queue.settings().equals(settings)
                ? Future.succeededFuture()
                : changes.updateQueue(queue.accountId(), queue.queueId(), null, current -> settings);
        Consumer consumer = queue.consumer();
        boolean remains = consumer == null
                || declaration
                        .consumer()
                        .filter(each -> isAsDeclared(each, consumer))
                        .isPresent();
        return ignoreUnknown(configured
                .compose(done -> consumer == null || remains
                        ? Future.succeededFuture()
                        : changes.deleteConsumer(queue.accountId(), queue.queueId(), consumer.consumerId()))
                .compose(done -> queues.purge(queue))
                .mapEmpty());
    }

    private static boolean isAsDeclared(DeclaredConsumer declared, Consumer current) {
        return current.type() == declared.type()
                && current.scriptName().equals(declared.scriptName())
                && current.settings().equals(declared.settingsOver(null))
                && current.deadLetterQueue().equals(declared.deadLetterQueueOver(null));
    }

    /** Another client may delete the same object at the same time. */
    private static Future<Void> ignoreUnknown(Future<Void> change) {
        return change.recover(failure -> failure instanceof QueueException refusal && isUnknown(refusal.error())
                ? Future.succeededFuture()
                : Future.failedFuture(failure));
    }

    private static boolean isUnknown(QueueError error) {
        return error == QueueError.QUEUE_UNKNOWN
                || error == QueueError.QUEUE_UNKNOWN_TO_MESSAGES
                || error == QueueError.RESOURCE_UNKNOWN;
    }
}
