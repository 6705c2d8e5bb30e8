package dev.sluice.store.memory;

import dev.sluice.store.QueueStore;
import dev.sluice.store.StoreFixture;

/** Makes memory stores. Nothing of one survives a real crash; what it promises is that a commit is complete at once. */
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
