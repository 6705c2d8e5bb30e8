package dev.sluice.store.memory;

import dev.sluice.store.QueueStore;
import dev.sluice.store.StoreFixture;

/**
 * Creates stores in memory. A real crash loses such a store, so the crash of a process is a reopening: every commit is
 * complete when it returns.
 */
final class MemoryFixture implements StoreFixture {
    @Override
    public QueueStore open() {
        return new MemoryStore();
    }

    @Override
    public QueueStore reopen(QueueStore store) {
        return ((MemoryStore) store).reopen();
    }

    @Override
    public QueueStore crash(QueueStore store) {
        return ((MemoryStore) store).reopen();
    }

    @Override
    public void clear() {}
}
