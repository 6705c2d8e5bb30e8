package dev.sluice.runtime.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.queue.QueueDefinition;
import dev.sluice.queue.QueueSettings;
import dev.sluice.queue.Subscription;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CatalogViewTest {
    private static final String ACCOUNT = "a".repeat(32);
    private static final String OTHER_ACCOUNT = "c".repeat(32);
    private static final String ID = "b".repeat(32);

    private final CatalogView catalog = new CatalogView();

    private static QueueDefinition queue(String name) {
        return queue(1, ACCOUNT, ID, name, 1);
    }

    private static QueueDefinition queue(long number, String account, String id, String name, long createdMicros) {
        return new QueueDefinition(number, account, id, name, "", QueueSettings.DEFAULT, null, createdMicros, 1);
    }

    private static Subscription subscription(String id, String account, long createdMicros) {
        return new Subscription(id, account, "s", true, "{}", ID, List.of("e"), createdMicros, 1);
    }

    @Test
    void eachChangeOfAQueueChangesTheVersion() {
        long empty = catalog.version();
        catalog.put(queue("one"));
        long made = catalog.version();
        catalog.put(queue("renamed"));
        long renamed = catalog.version();
        assertThat(catalog.find(ACCOUNT, ID).name()).isEqualTo("renamed");
        catalog.remove(queue("renamed"));
        assertThat(catalog.find(ACCOUNT, ID)).isNull();
        assertThat(new long[] {empty, made, renamed, catalog.version()}).doesNotHaveDuplicates();
    }

    @Test
    void anAccountSeesItsOwnQueuesAndSubscriptionsOnly() {
        catalog.put(queue("one"));
        catalog.put(subscription("s1", ACCOUNT, 1));
        assertThat(catalog.find(OTHER_ACCOUNT, ID)).isNull();
        assertThat(catalog.findByName(OTHER_ACCOUNT, "one")).isNull();
        assertThat(catalog.list(OTHER_ACCOUNT)).isEmpty();
        assertThat(catalog.queuesOf(OTHER_ACCOUNT)).isEmpty();
        assertThat(catalog.findSubscription(OTHER_ACCOUNT, "s1")).isNull();
        assertThat(catalog.listSubscriptions(OTHER_ACCOUNT)).isEmpty();
        assertThat(catalog.findByName(ACCOUNT, "one")).isEqualTo(queue("one"));
        assertThat(catalog.findByNumber(1)).isEqualTo(queue("one"));
        assertThat(catalog.findSubscription(ACCOUNT, "s1")).isNotNull();
    }

    @Test
    void listsAreInOrderOfCreation() {
        catalog.put(queue(1, ACCOUNT, "z", "first", 5));
        catalog.put(queue(2, ACCOUNT, "b", "third", 6));
        catalog.put(queue(3, ACCOUNT, "a", "second", 6));
        catalog.put(subscription("z", ACCOUNT, 5));
        catalog.put(subscription("b", ACCOUNT, 6));
        catalog.put(subscription("a", ACCOUNT, 6));
        assertThat(catalog.list(ACCOUNT)).extracting(QueueDefinition::name).containsExactly("first", "second", "third");
        assertThat(catalog.listSubscriptions(ACCOUNT))
                .extracting(Subscription::id)
                .containsExactly("z", "a", "b");
    }

    @Test
    void aRenamedQueueLeavesItsNameToOthers() {
        catalog.put(queue("one"));
        catalog.put(queue("two"));
        assertThat(catalog.findByName(ACCOUNT, "one")).isNull();
        assertThat(catalog.findByName(ACCOUNT, "two").number()).isEqualTo(1);
        QueueDefinition successor = queue(2, ACCOUNT, "d", "two", 2);
        catalog.put(successor);
        catalog.put(queue("three"));
        assertThat(catalog.findByName(ACCOUNT, "two"))
                .as("taken before the rename")
                .isEqualTo(successor);
        catalog.put(queue("three"));
        assertThat(catalog.findByName(ACCOUNT, "three").number()).isEqualTo(1);
    }

    @Test
    void anAccountExistsWhileItHasAQueueOrASubscription() {
        catalog.put(queue("one"));
        catalog.put(queue(2, OTHER_ACCOUNT, "d", "two", 2));
        catalog.put(subscription("s1", ACCOUNT, 1));
        assertThat(catalog.accounts()).containsExactly(ACCOUNT, OTHER_ACCOUNT);
        assertThat(catalog.accountCount()).isEqualTo(2);
        assertThat(catalog.queueCount()).isEqualTo(2);
        catalog.remove(queue("one"));
        assertThat(catalog.accounts()).containsExactly(ACCOUNT, OTHER_ACCOUNT);
        assertThat(catalog.findByName(ACCOUNT, "one")).isNull();
        assertThat(catalog.findByNumber(1)).isNull();
        catalog.remove(subscription("s1", ACCOUNT, 1));
        assertThat(catalog.accounts()).containsExactly(OTHER_ACCOUNT);
    }

    @Test
    void subscriptionsAreCountedOnce() {
        catalog.put(subscription("s1", ACCOUNT, 1));
        catalog.put(subscription("s1", ACCOUNT, 1));
        catalog.put(subscription("s2", OTHER_ACCOUNT, 1));
        assertThat(catalog.subscriptionCount()).isEqualTo(2);
        assertThat(catalog.allSubscriptions()).hasSize(2);
        catalog.remove(subscription("s1", ACCOUNT, 1));
        catalog.remove(subscription("s1", ACCOUNT, 1));
        assertThat(catalog.subscriptionCount()).isEqualTo(1);
    }

    @Test
    void aSnapshotReplacesTheViewAndNamesTheDifference() {
        QueueDefinition unchanged = queue(1, ACCOUNT, "q1", "one", 1);
        QueueDefinition removed = queue(2, ACCOUNT, "q2", "two", 2);
        QueueDefinition renamed = queue(3, ACCOUNT, "q3", "three", 3);
        List.of(unchanged, removed, renamed).forEach(catalog::put);
        catalog.put(subscription("s1", ACCOUNT, 1));
        catalog.put(subscription("s2", ACCOUNT, 1));

        QueueDefinition takesTheName = queue(3, ACCOUNT, "q3", "two", 3);
        QueueDefinition added = queue(4, ACCOUNT, "q4", "three", 4);
        Map<Long, QueueDefinition> queues = new HashMap<>();
        List.of(unchanged, takesTheName, added).forEach(queue -> queues.put(queue.number(), queue));
        CatalogSnapshot.Difference difference = new CatalogSnapshot(
                        0, queues, Map.of("s2", subscription("s2", ACCOUNT, 1)), Map.of(), 4, null, null)
                .replace(catalog);

        assertThat(difference.removed()).containsExactly(removed);
        assertThat(difference.put()).containsExactlyInAnyOrder(takesTheName, added);
        assertThat(catalog.list(ACCOUNT)).containsExactly(unchanged, takesTheName, added);
        assertThat(catalog.findByName(ACCOUNT, "two")).isEqualTo(takesTheName);
        assertThat(catalog.findByName(ACCOUNT, "three")).isEqualTo(added);
        assertThat(catalog.listSubscriptions(ACCOUNT))
                .extracting(Subscription::id)
                .containsExactly("s2");
    }
}
