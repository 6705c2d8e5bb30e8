package dev.sluice.store;

import org.junit.jupiter.api.Nested;

/** The contract of all stores. One subclass per store. */
public abstract class QueueStoreContract {
    /** The kind of store under test; each test gets its own store. */
    protected abstract StoreFixture fixture();

    @Nested
    class Commits extends CommitContract {
        Commits() {
            super(fixture());
        }
    }

    @Nested
    class Reads extends ReadContract {
        Reads() {
            super(fixture());
        }
    }

    @Nested
    class Events extends EventContract {
        Events() {
            super(fixture());
        }
    }

    @Nested
    class Removals extends RemovalContract {
        Removals() {
            super(fixture());
        }
    }
}
