package dev.sluice.store;

import org.junit.jupiter.api.Nested;

/** What every store does. One subclass per store. */
public abstract class QueueStoreContract {
    /** A kind of store; each test gets its own. */
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
