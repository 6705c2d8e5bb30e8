package dev.sluice.store.rocksdb;

import dev.sluice.store.StoreException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Semaphore;

/** A disk that writes when it is told to, and notes what it wrote. */
final class ScriptedDisk implements GroupCommit.GroupWriter {
    private final Semaphore arrivals = new Semaphore(0);
    private final Semaphore permits = new Semaphore(0);
    private final List<Boolean> syncs = Collections.synchronizedList(new ArrayList<>());
    private final List<Integer> recordCounts = Collections.synchronizedList(new ArrayList<>());
    private int awaited;
    private volatile boolean broken;

    @Override
    public void write(byte[] group, boolean sync) {
        syncs.add(sync);
        recordCounts.add(group[8] & 0xFF | (group[9] & 0xFF) << 8);
        arrivals.release();
        permits.acquireUninterruptibly();
        if (broken) {
            throw new StoreException("disk broke");
        }
    }

    void awaitArrivals(int count) throws InterruptedException {
        arrivals.acquire(count - awaited);
        awaited = count;
    }

    void letThrough(int writes) {
        permits.release(writes);
    }

    void failFromNowOn() {
        broken = true;
    }

    void work() {
        broken = false;
    }

    List<Boolean> syncs() {
        return new ArrayList<>(syncs);
    }

    List<Integer> recordCounts() {
        return new ArrayList<>(recordCounts);
    }
}
