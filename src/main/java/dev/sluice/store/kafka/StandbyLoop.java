package dev.sluice.store.kafka;

import dev.sluice.store.ShardListener;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * What a standby of a shard does: applies what the owner stores, as it comes. Belongs to the thread of the shard, except
 * where it says so.
 */
final class StandbyLoop {
    private static final long FOLLOW_MILLIS = 1_000;

    private final CatchUps catchUps;
    private final ShardListener listener;
    private final boolean isCatalog;
    private volatile boolean polling;
    private volatile long lag;
    /** The owner that was reported last. */
    private String shownOwner = "";

    StandbyLoop(CatchUps catchUps, ShardListener listener, boolean isCatalog) {
        this.catchUps = catchUps;
        this.listener = listener;
        this.isCatalog = isCatalog;
    }

    /** Records that the copy lacks, as far as that is known. Callable from any thread. */
    long lag() {
        return lag;
    }

    /** Ends a wait for records. Callable from any thread. */
    void wake(OpenReplica replica) {
        if (polling) {
            replica.log().wake();
        }
    }

    /**
     * Follows the log.
     *
     * @param goesOn checked after each wait; {@link #wake} ends a wait
     * @param onOwner called with the name of the node that owns the shard, and when another one does
     */
    void run(OpenReplica replica, BooleanSupplier goesOn, Consumer<String> onOwner) {
        showOwner(replica, onOwner);
        while (goesOn.getAsBoolean()) {
            catchUps.follow(() -> followToEnd(replica));
            long applied = replica.appliedOffset();
            polling = true;
            try {
                if (catchUps.isEmpty() && goesOn.getAsBoolean()) {
                    replica.follower().followOn(FOLLOW_MILLIS);
                }
            } finally {
                polling = false;
            }
            lag = replica.log().lag();
            if (!replica.follower().ownerNode().equals(shownOwner)) {
                showOwner(replica, onOwner);
            }
            notifyAdvanced(applied, replica);
        }
    }

    /** Notifies the listener if records of other nodes were applied to the catalog. */
    void notifyAdvanced(long before, OpenReplica replica) {
        long applied = replica.appliedOffset();
        if (isCatalog && applied > before) {
            listener.catalogAdvanced(applied);
        }
    }

    private void showOwner(OpenReplica replica, Consumer<String> onOwner) {
        shownOwner = replica.follower().ownerNode();
        onOwner.accept(shownOwner.isEmpty() ? "another node" : "node " + shownOwner);
    }

    private long followToEnd(OpenReplica replica) {
        long before = replica.appliedOffset();
        replica.follower().follow(replica.log().endOffset(), () -> false);
        notifyAdvanced(before, replica);
        return replica.appliedOffset();
    }
}
