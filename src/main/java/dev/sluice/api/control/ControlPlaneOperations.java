package dev.sluice.api.control;

import dev.sluice.api.Contract;
import dev.sluice.api.OperationBinding;
import dev.sluice.api.OperationPlace;
import dev.sluice.queue.ConsumerType;
import dev.sluice.queue.Limits;
import dev.sluice.runtime.bus.CatalogClient;
import dev.sluice.runtime.bus.QueueClient;
import dev.sluice.runtime.catalog.Catalog;
import dev.sluice.runtime.clock.ContinuousClock;
import java.util.List;
import java.util.stream.Stream;

/** Creates the operations of the control plane: all that are not about messages. */
public final class ControlPlaneOperations {
    private ControlPlaneOperations() {}

    /**
     * The operations. They keep no state of requests, so one list may serve all event loops.
     *
     * @param defaultAccountId an account to list even if it has no queue yet, empty for none
     * @param clock converts the times of messages and purges for display
     */
    public static List<OperationBinding> operations(
            Contract contract,
            Limits limits,
            Catalog catalog,
            CatalogClient changes,
            QueueClient queues,
            String defaultAccountId,
            ContinuousClock clock) {
        QueueFields queueFields = new QueueFields(contract, limits);
        AccessibleAccounts accounts = new AccessibleAccounts(catalog, defaultAccountId);
        List<OperationBinding> former = formerPaths(contract, limits, catalog, changes, queueFields);
        List<OperationBinding> current = List.of(
                OperationBinding.reading("queues-list", new ListQueues(catalog)),
                OperationBinding.writing("queues-create", new CreateQueue(changes, contract, limits)),
                OperationBinding.reading("queues-get", new GetQueue()),
                OperationBinding.writing("queues-update", new PutQueue(changes, queueFields)),
                OperationBinding.writing("queues-update-partial", new PatchQueue(changes, queueFields)),
                OperationBinding.writing("queues-delete", new DeleteQueue(changes)),
                OperationBinding.reading("queues-get-metrics", new GetMetrics(queues, clock))
                        .at(OperationPlace.QUEUE_READER),
                OperationBinding.reading("queues-list-consumers", new ListConsumers()),
                OperationBinding.writing("queues-create-consumer", new CreateConsumer(changes, contract, limits)),
                OperationBinding.reading("queues-get-consumer", new GetConsumer()),
                OperationBinding.writing("queues-update-consumer", new PutConsumer(changes, contract, limits)),
                OperationBinding.writing("queues-delete-consumer", new DeleteConsumer(changes)),
                OperationBinding.writing("queues-purge", new StartPurge(queues, clock))
                        .at(OperationPlace.QUEUE_OWNER),
                OperationBinding.reading("queues-purge-get", new GetPurge(queues, clock))
                        .at(OperationPlace.QUEUE_READER),
                OperationBinding.reading("subscriptions-list", new ListSubscriptions(catalog)),
                OperationBinding.writing("subscriptions-create", new CreateSubscription(changes, contract)),
                OperationBinding.reading("subscriptions-get", new GetSubscription(catalog)),
                OperationBinding.writing("subscriptions-patch", new PatchSubscription(changes, contract)),
                OperationBinding.writing("subscriptions-delete", new DeleteSubscription(changes)),
                OperationBinding.reading("accounts-list", new ListAccounts(accounts))
                        .at(OperationPlace.CATALOG_COPY),
                OperationBinding.reading("accounts-get", new GetAccount()),
                OperationBinding.reading("account-api-tokens-verify-token", new VerifyToken()),
                OperationBinding.reading("memberships-list", new ListMemberships(accounts))
                        .at(OperationPlace.CATALOG_COPY),
                OperationBinding.reading("user-get", new GetUser()),
                OperationBinding.reading("user-tokens-verify", new VerifyToken()));
        return Stream.concat(current.stream(), former.stream()).toList();
    }

    /**
     * The operations under the paths of the first API (docs/api.md 2.1). Queues had no settings there, so a change keeps
     * those that are not given. Consumers were Workers and had no type.
     */
    private static List<OperationBinding> formerPaths(
            Contract contract, Limits limits, Catalog catalog, CatalogClient changes, QueueFields queueFields) {
        ConsumerFields fields = new ConsumerFields(contract, limits);
        ConsumerType worker = ConsumerType.WORKER;
        return List.of(
                OperationBinding.reading("queue-list-queues", new ListQueues(catalog)),
                OperationBinding.writing("queue-create-queue", new CreateQueue(changes, contract, limits)),
                OperationBinding.reading("queue-queue-details", new GetQueue()),
                OperationBinding.writing("queue-update-queue", new PatchQueue(changes, queueFields)),
                OperationBinding.writing("queue-delete-queue", new DeleteQueue(changes)),
                OperationBinding.reading("queue-list-queue-consumers", new ListConsumers()),
                OperationBinding.writing("queue-create-queue-consumer", new CreateConsumer(changes, fields, worker)),
                OperationBinding.writing("queue-update-queue-consumer", new PutConsumer(changes, fields, worker)),
                OperationBinding.writing("queue-delete-queue-consumer", new DeleteConsumer(changes)));
    }
}
