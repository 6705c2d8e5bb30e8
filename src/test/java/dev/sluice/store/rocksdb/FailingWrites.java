package dev.sluice.store.rocksdb;

import dev.sluice.store.StoreException;

/** A disk under a store that fails writes on demand: before anything is written, or after all of it was, as a failed sync does. */
final class FailingWrites implements GroupCommit.GroupWriter {
    /** How the next writes end. */
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
