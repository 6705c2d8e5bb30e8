package dev.sluice.runtime.catalog;

import dev.sluice.queue.QueueDefinition;
import dev.sluice.queue.Subscription;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The queues of all accounts, readable from any thread without blocking. Every acknowledged change is visible here.
 */
public interface Catalog {
    /**
     * Starts at 0 and changes after each change of a queue. A result of {@link #find} that was read after a version
     * stays valid as long as the version is the same.
     */
    long version();

    /** The queue of that id in that account, or null. */
    @Nullable
    QueueDefinition find(String accountId, String queueId);

    /** The queue of that name in that account, or null. */
    @Nullable
    QueueDefinition findByName(String accountId, String name);

    /** The queue of that number in any account, or null. */
    @Nullable
    QueueDefinition findByNumber(long number);

    /** All queues of an account, by creation time, then id. */
    List<QueueDefinition> list(String accountId);

    /** The subscription of that id in that account, or null. */
    @Nullable
    Subscription findSubscription(String accountId, String subscriptionId);

    /** All subscriptions of an account, by creation time, then id. */
    List<Subscription> listSubscriptions(String accountId);

    /** Accounts that have at least one queue. */
    List<String> accounts();
}
