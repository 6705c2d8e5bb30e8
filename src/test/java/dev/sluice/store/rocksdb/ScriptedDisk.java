package dev.sluice.store.rocksdb;

import dev.sluice.store.StoreException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Semaphore;

/** A group writer that blocks until the test allows each write, and records the writes. */
final class ScriptedDisk implements GroupCommit.GroupWriter {
    private final Semaphore started = new Semaphore(0);
    private final Semaphore permits = new Semaphore(0);
    private final List<Boolean> syncs = Collections.synchronizedList(new ArrayList<>());
    private final List<Integer> recordCounts = Collections.synchronizedList(new ArrayList<>());
    private int awaited;
    private volatile boolean broken;

    @Override
    public void write(byte[] group, boolean sync) {
        syncs.add(sync);
        recordCounts.add(group[8] & 0xFF | (group[9] & 0xFF) << 8);
        started.release();
        permits.acquireUninterruptibly();
        if (broken) {
            throw new StoreException("disk broke");
        }
    }

    void awaitWrites(int count) throws InterruptedException {
        started.acquire(count - awaited);
        awaited = count;
    }

    void allowWrites(int writes) {
        permits.release(writes);
    }

    void failWrites() {
        broken = true;
    }

    void succeed() {
        broken = false;
    }

    List<Boolean> syncs() {
        return new ArrayList<>(syncs);
    }

    List<Integer> recordCounts() {
        return new ArrayList<>(recordCounts);
    }
}
