package dev.sluice.powerloss;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** A file: the content that the disk guarantees, and the changes since the last sync. */
final class TracedFile {
    /** Bytes written at an offset; without bytes, a new size. */
    private record Change(long line, int offset, byte[] bytes) {}

    private final List<Change> unsynced = new ArrayList<>();
    private byte[] content = new byte[0];
    private int size;
    /** Including all unsynced changes. */
    private int currentSize;

    void write(long line, long offset, byte[] bytes) {
        unsynced.add(new Change(line, Math.toIntExact(offset), bytes));
        currentSize = Math.max(currentSize, Math.toIntExact(offset + bytes.length));
    }

    void resize(long line, long bytes) {
        unsynced.add(new Change(line, Math.toIntExact(bytes), null));
        currentSize = Math.toIntExact(bytes);
    }

    int currentSize() {
        return currentSize;
    }

    /** A sync that started at that line has ended: earlier changes are durable. */
    void synced(long startedLine) {
        int done = 0;
        while (done < unsynced.size() && unsynced.get(done).line() < startedLine) {
            done++;
        }
        unsynced.subList(0, done).forEach(this::apply);
        unsynced.subList(0, done).clear();
    }

    /** The content that survives any power loss. */
    byte[] synced() {
        return Arrays.copyOf(content, size);
    }

    /** A content that a power loss may leave: some of the unsynced changes, in order, the last of them torn. */
    byte[] torn(Random random) {
        TracedFile survivor = new TracedFile();
        survivor.content = content.clone();
        survivor.size = size;
        int whole = random.nextInt(unsynced.size() + 1);
        unsynced.subList(0, whole).forEach(survivor::apply);
        if (whole < unsynced.size() && unsynced.get(whole).bytes() != null) {
            Change cut = unsynced.get(whole);
            byte[] part = Arrays.copyOf(cut.bytes(), random.nextInt(cut.bytes().length + 1));
            survivor.apply(new Change(cut.line(), cut.offset(), part));
        }
        return survivor.synced();
    }

    private void apply(Change change) {
        if (change.bytes() == null) {
            if (change.offset() < size) {
                Arrays.fill(content, change.offset(), size, (byte) 0);
            }
            grow(change.offset());
            size = change.offset();
            return;
        }
        int end = change.offset() + change.bytes().length;
        grow(end);
        System.arraycopy(change.bytes(), 0, content, change.offset(), change.bytes().length);
        size = Math.max(size, end);
    }

    private void grow(int bytes) {
        if (bytes > content.length) {
            content = Arrays.copyOf(content, Math.max(bytes, 2 * content.length));
        }
    }
}
