package dev.sluice.store.kafka;

import dev.sluice.store.QueueStoreContract;
import dev.sluice.store.StoreFixture;

/** The contract of all stores, on real brokers. */
class KafkaQueueStoreIT extends QueueStoreContract {
    @Override
    protected StoreFixture fixture() {
        return new KafkaFixture();
    }
}
