package dev.sluice.store.rocksdb;

import dev.sluice.store.StoreException;

/**
 * A group writer that fails on demand: before anything is written, or after everything was written, like a failed sync.
 */
final class FailingWrites implements GroupCommit.GroupWriter {
    /** The behaviour of the next writes. */
    enum Mode {
        WORKS,
        WRITES_NOTHING,
        WRITES_AND_DOES_NOT_SYNC
    }

    private final GroupCommit.GroupWriter disk;
    private volatile Mode mode = Mode.WORKS;

    FailingWrites(GroupCommit.GroupWriter disk) {
        this.disk = disk;
    }

    void set(Mode next) {
        mode = next;
    }

    @Override
    public void write(byte[] group, boolean sync) {
        switch (mode) {
            case WORKS -> disk.write(group, sync);
            case WRITES_NOTHING -> throw new StoreException("the disk takes nothing");
            case WRITES_AND_DOES_NOT_SYNC -> {
                disk.write(group, false);
                throw new StoreException("the disk does not sync");
            }
        }
    }
}
