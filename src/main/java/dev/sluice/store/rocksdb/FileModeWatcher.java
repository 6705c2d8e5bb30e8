package dev.sluice.store.rocksdb;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes the access of other users to the files of a directory as soon as they are created. RocksDB creates files that
 * others may read, and a Java process cannot change its umask.
 *
 * <p>Has one thread, which waits for notifications of the file system. Where there are none, it lists the directory
 * once per second.
 */
final class FileModeWatcher implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FileModeWatcher.class);
    private static final long LISTING_INTERVAL_MILLIS = 1_000;

    private final Path directory;
    private final Notifications source;
    private final CountDownLatch closed = new CountDownLatch(1);
    /** Null until the thread has started to watch. Guarded by this. */
    private @Nullable WatchService notifications;

    /** Where notifications come from. */
    interface Notifications {
        WatchService open(Path directory) throws IOException;
    }

    private FileModeWatcher(Path directory, Notifications source) {
        this.directory = directory;
        this.source = source;
    }

    /** Starts to watch a directory. Restricts the files that are in it, too. Does not block. */
    static FileModeWatcher start(Path directory) {
        return start(directory, watched -> watched.getFileSystem().newWatchService());
    }

    /** The same with other notifications. */
    static FileModeWatcher start(Path directory, Notifications source) {
        FileModeWatcher watcher = new FileModeWatcher(directory, source);
        Thread thread = new Thread(watcher::run, "sluice-file-modes");
        thread.setDaemon(true);
        thread.start();
        return watcher;
    }

    private void run() {
        try {
            watch();
        } catch (ClosedWatchServiceException expected) {
            // The watcher was closed.
        } catch (IOException | UnsupportedOperationException failure) {
            LOG.info(
                    "Directory {} is listed every second, because it cannot be watched: {}",
                    directory,
                    failure.toString());
            try {
                listRepeatedly();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void watch() throws IOException, InterruptedException {
        WatchService opened = source.open(directory);
        synchronized (this) {
            if (closed.getCount() == 0) {
                opened.close();
                return;
            }
            notifications = opened;
        }
        directory.register(opened, StandardWatchEventKinds.ENTRY_CREATE);
        // Before that, files may have been created that nothing was reported for.
        OwnerOnly.restrictTree(directory);
        WatchKey key;
        do {
            key = opened.take();
            key.pollEvents().forEach(this::restrict);
        } while (key.reset());
    }

    private void restrict(WatchEvent<?> created) {
        if (created.kind() == StandardWatchEventKinds.OVERFLOW) {
            OwnerOnly.restrictTree(directory);
            return;
        }
        try {
            OwnerOnly.restrictFile(directory.resolve((Path) created.context()));
        } catch (IOException failure) {
            LOG.warn(
                    "File {} cannot be closed to other users: {}",
                    directory.resolve((Path) created.context()),
                    failure.toString());
        }
    }

    private void listRepeatedly() throws InterruptedException {
        do {
            OwnerOnly.restrictTree(directory);
        } while (!closed.await(LISTING_INTERVAL_MILLIS, TimeUnit.MILLISECONDS));
    }

    /** Ends the watch. Does not wait for the thread. */
    @Override
    public synchronized void close() {
        closed.countDown();
        try {
            if (notifications != null) {
                notifications.close();
            }
        } catch (IOException failure) {
            LOG.warn("The watch of directory {} cannot be closed: {}", directory, failure.toString());
        }
    }
}
