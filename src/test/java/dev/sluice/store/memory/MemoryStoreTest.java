package dev.sluice.store.memory;

import dev.sluice.store.QueueStoreContract;
import dev.sluice.store.StoreFixture;

class MemoryStoreTest extends QueueStoreContract {
    @Override
    protected StoreFixture fixture() {
        return new MemoryFixture();
    }
}
