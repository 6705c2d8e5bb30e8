package dev.sluice.api.control;

import dev.sluice.api.Contract;
import dev.sluice.api.Operation;
import dev.sluice.queue.Limits;
import dev.sluice.runtime.bus.CatalogClient;
import dev.sluice.runtime.bus.QueueClient;
import dev.sluice.runtime.catalog.Catalog;
import dev.sluice.runtime.clock.ContinuousClock;
import java.util.List;

/** Creates the operations of the control plane: all that are not about messages. */
public final class ControlPlaneOperations {
    private ControlPlaneOperations() {}

    /**
     * The handlers. They keep no state of requests, so one list may serve all event loops.
     *
     * @param defaultAccountId an account to list even if it has no queue yet, empty for none
     * @param clock converts the times of messages and purges for display
     */
    public static List<Operation> operations(
            Contract contract,
            Limits limits,
            Catalog catalog,
            CatalogClient changes,
            QueueClient queues,
            String defaultAccountId,
            ContinuousClock clock) {
        AccessibleAccounts accounts = new AccessibleAccounts(catalog, defaultAccountId);
        return List.of(
                new ListQueues(catalog),
                new CreateQueue(changes, contract, limits),
                new GetQueue(),
                new PutQueue(changes, contract, limits),
                new PatchQueue(changes, contract, limits),
                new DeleteQueue(changes),
                new GetMetrics(queues, clock),
                new ListConsumers(),
                new CreateConsumer(changes, contract, limits),
                new GetConsumer(),
                new PutConsumer(changes, contract, limits),
                new DeleteConsumer(changes),
                new StartPurge(queues, clock),
                new GetPurge(queues, clock),
                new ListSubscriptions(catalog),
                new CreateSubscription(changes, contract),
                new GetSubscription(catalog),
                new PatchSubscription(changes, contract),
                new DeleteSubscription(changes),
                new ListAccounts(accounts),
                new ListMemberships(accounts),
                new GetUser(),
                new VerifyToken());
    }
}
