package dev.sluice.runtime.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.queue.QueueDefinition;
import dev.sluice.queue.QueueSettings;
import org.junit.jupiter.api.Test;

class CatalogViewTest {
    private static final String ACCOUNT = "a".repeat(32);
    private static final String ID = "b".repeat(32);

    private final CatalogView catalog = new CatalogView();

    private static QueueDefinition queue(String name) {
        return new QueueDefinition(1, ACCOUNT, ID, name, "", QueueSettings.DEFAULT, null, 1, 1);
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
}
