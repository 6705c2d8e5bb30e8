package dev.sluice.store.memory;

import dev.sluice.store.QueueStore;
import dev.sluice.store.QueueStoreContract;

class MemoryStoreTest extends QueueStoreContract {
    @Override
    protected QueueStore open() {
        return new MemoryStore();
    }

    @Override
    protected QueueStore reopen(QueueStore store) {
        return ((MemoryStore) store).reopen();
    }

    /** Nothing of it survives a real crash; what it promises is that a commit is complete at once. */
    @Override
    protected QueueStore crash(QueueStore store) {
        return ((MemoryStore) store).reopen();
    }
}
