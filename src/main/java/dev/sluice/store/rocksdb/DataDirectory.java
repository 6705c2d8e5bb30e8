package dev.sluice.store.rocksdb;

import dev.sluice.store.FileFailure;
import dev.sluice.store.StoreCorruptException;
import dev.sluice.store.StoreException;
import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The data directory of an installation: its ownership, its format version, and its exclusive use. All checks happen
 * before the database is opened, and a refused directory is not changed.
 *
 * <pre>
 * SLUICE   the marker file: one line with the format version, or a note that the directory is incomplete
 * lock     locked while a process uses the directory
 * db/      the database
 * native/  the unpacked native library of RocksDB
 * </pre>
 */
final class DataDirectory implements AutoCloseable {
    private static final String MARKER = "SLUICE";
    private static final String LOCK = "lock";
    static final String DATABASE = "db";
    static final String NATIVE_CODE = "native";
    private static final String MARKER_FORMAT = "Sluice data directory, format ";
    private static final String MARKER_UNFINISHED = "Sluice data directory, being made";
    /** Entries that a new directory may contain: mounted file systems bring them along. */
    private static final Set<String> IGNORED_ENTRIES = Set.of("lost+found");

    private final Path path;
    private final @Nullable FileChannel lockChannel;
    private final boolean watched;
    private volatile boolean unfinished;
    /** Null before the database is opened. Guarded by this. */
    private @Nullable FileModeWatcher fileModes;

    private DataDirectory(Path path, @Nullable FileChannel lockChannel, boolean watched, boolean unfinished) {
        this.path = path;
        this.lockChannel = lockChannel;
        this.watched = watched;
        this.unfinished = unfinished;
    }

    /** The path as configured. */
    Path path() {
        return path;
    }

    /**
     * Opens a directory for exclusive use. Creates it if it is missing or empty.
     *
     * @param formatKnown the newest format that this version can read
     * @throws StoreException with one line for the operator, if the directory cannot be used
     */
    static DataDirectory open(Path path, int formatKnown) {
        return open(path, formatKnown, true);
    }

    /**
     * Like {@link #open(Path, int)}.
     *
     * @param watched whether new files of the database are closed to others one by one; otherwise only their directory
     * is, which suffices, but gives no second protection
     */
    static DataDirectory open(Path path, int formatKnown, boolean watched) {
        NativePaths.require(path);
        boolean isNew = isNewDirectory(path);
        if (!isNew) {
            checkMarker(path, formatKnown);
        }
        try {
            DurableDirectories.create(path);
            FileChannel lock = lock(path);
            try {
                if (isNew) {
                    writeMarker(path, MARKER_UNFINISHED);
                }
                OwnerOnly.warnIfAccessible(path);
                OwnerOnly.restrictFile(path.resolve(MARKER));
                OwnerOnly.restrictFile(path.resolve(LOCK));
                OwnerOnly.restrictTree(nativeCode(path));
                return new DataDirectory(path, lock, watched, isUnfinished(path));
            } catch (IOException | RuntimeException failure) {
                lock.close();
                throw failure;
            }
        } catch (IOException failure) {
            throw new StoreException(
                    "data directory " + path + " cannot be used: " + FileFailure.reason(failure), failure);
        }
    }

    /**
     * Opens a directory for inspection. Changes nothing in it; no server can start on it meanwhile.
     *
     * @throws StoreException with one line for the operator, if there is no store or a server uses it
     */
    static DataDirectory inspect(Path path, int formatKnown) {
        NativePaths.require(path);
        if (!Files.exists(path.resolve(MARKER))) {
            throw new StoreException(path + " is not a data directory: it has no file " + MARKER);
        }
        checkMarker(path, formatKnown);
        if (isUnfinished(path)) {
            throw new StoreException("data directory " + path + " was never completely made; there is nothing in it");
        }
        try {
            return new DataDirectory(path, lockForReading(path), false, false);
        } catch (IOException failure) {
            throw new StoreException(
                    "data directory " + path + " cannot be read: " + FileFailure.reason(failure), failure);
        }
    }

    /** The directory of the database. */
    Path database() {
        return path.resolve(DATABASE);
    }

    /** The directory of the native library. */
    Path nativeCode() {
        return nativeCode(path);
    }

    static Path nativeCode(Path path) {
        return path.resolve(NATIVE_CODE);
    }

    /** Whether the directory was never completed. Only then may a database be created. */
    boolean unfinished() {
        return unfinished;
    }

    /** Marks the directory as complete. From now on a missing database is treated as damage. */
    void finish(int format) {
        try {
            writeMarker(path, MARKER_FORMAT + format);
            unfinished = false;
        } catch (IOException failure) {
            throw new StoreException(
                    "data directory " + path + " cannot be used: " + FileFailure.reason(failure), failure);
        }
    }

    /** Size of the files of the write-ahead log, also of those kept for reuse; 0 if they cannot be listed. */
    long logBytes() {
        File[] logs = database().toFile().listFiles((directory, name) -> name.endsWith(".log"));
        return logs == null ? 0 : Stream.of(logs).mapToLong(File::length).sum();
    }

    long freeBytes() {
        try {
            return Files.getFileStore(path).getUsableSpace();
        } catch (IOException failure) {
            throw new StoreException(
                    "free space of " + path + " cannot be read: " + FileFailure.reason(failure), failure);
        }
    }

    /**
     * Creates the database directory if it is missing, and removes the access of other users to it and its files. Until
     * this directory is closed, new files in it are closed to others as well, moments after they are created.
     */
    synchronized void protectDatabase() {
        try {
            if (!Files.exists(database())) {
                DurableDirectories.createNew(database());
            }
        } catch (IOException failure) {
            throw new StoreException(
                    "data directory " + path + " cannot be used: " + FileFailure.reason(failure), failure);
        }
        OwnerOnly.restrictTree(database());
        if (watched && fileModes == null && !Files.isSymbolicLink(database())) {
            fileModes = FileModeWatcher.start(database());
        }
    }

    /** Releases the lock. */
    @Override
    public synchronized void close() {
        if (fileModes != null) {
            fileModes.close();
        }
        try {
            if (lockChannel != null) {
                lockChannel.close();
            }
        } catch (IOException failure) {
            throw new StoreException(
                    "data directory " + path + " cannot be released: " + FileFailure.reason(failure), failure);
        }
    }

    private static boolean isNewDirectory(Path path) {
        if (!Files.exists(path)) {
            return true;
        }
        if (!Files.isDirectory(path)) {
            throw new StoreException("data directory " + path + " is a file, not a directory");
        }
        if (!Files.isReadable(path) || !Files.isWritable(path) || !Files.isExecutable(path)) {
            throw new StoreException("data directory " + path + " is not writable");
        }
        if (Files.exists(path.resolve(MARKER))) {
            return false;
        }
        try (Stream<Path> entries = Files.list(path)) {
            Set<String> foreign = entries.map(entry -> entry.getFileName().toString())
                    .filter(name -> !IGNORED_ENTRIES.contains(name) && !name.equals(LOCK))
                    .collect(Collectors.toSet());
            if (foreign.isEmpty()) {
                return true;
            }
            throw new StoreException("data directory " + path + " is not Sluice's: it holds "
                    + foreign.iterator().next() + " but no file " + MARKER);
        } catch (IOException failure) {
            throw new StoreException(
                    "data directory " + path + " cannot be read: " + FileFailure.reason(failure), failure);
        }
    }

    private static void checkMarker(Path path, int formatKnown) {
        String marker = readMarker(path);
        if (marker.equals(MARKER_UNFINISHED)) {
            return;
        }
        int format = marker.startsWith(MARKER_FORMAT) ? formatOf(marker.substring(MARKER_FORMAT.length())) : -1;
        if (format < 1) {
            throw new StoreCorruptException("file " + path.resolve(MARKER) + " is damaged: it names no format");
        }
        if (format > formatKnown) {
            throw new StoreException("data directory " + path + " has format " + format
                    + ", written by a newer Sluice; this one knows formats up to " + formatKnown);
        }
    }

    private static int formatOf(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException damaged) {
            return -1;
        }
    }

    private static boolean isUnfinished(Path path) {
        return readMarker(path).equals(MARKER_UNFINISHED);
    }

    private static String readMarker(Path path) {
        try {
            return new String(Files.readAllBytes(path.resolve(MARKER)), StandardCharsets.ISO_8859_1).strip();
        } catch (IOException failure) {
            throw new StoreException(
                    "file " + path.resolve(MARKER) + " cannot be read: " + FileFailure.reason(failure), failure);
        }
    }

    /** Writes the marker of a complete data directory. */
    static void markComplete(Path path, int format) throws IOException {
        writeMarker(path, MARKER_FORMAT + format);
    }

    private static FileChannel lock(Path path) throws IOException {
        return locked(
                path,
                FileChannel.open(
                        path.resolve(LOCK),
                        Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                        OwnerOnly.file(path)),
                false);
    }

    /** Returns null if there is no lock file, as in a copy of a data directory: there is no server to exclude then. */
    private static @Nullable FileChannel lockForReading(Path path) throws IOException {
        Path file = path.resolve(LOCK);
        return Files.exists(file) ? locked(path, FileChannel.open(file, StandardOpenOption.READ), true) : null;
    }

    private static FileChannel locked(Path path, FileChannel channel, boolean shared) throws IOException {
        try {
            FileLock lock = channel.tryLock(0, Long.MAX_VALUE, shared);
            if (lock != null) {
                return channel;
            }
        } catch (OverlappingFileLockException sameProcess) {
            // Refused below, like a lock of another process.
        } catch (IOException failure) {
            channel.close();
            throw failure;
        }
        channel.close();
        throw new StoreException("another Sluice is running on data directory " + path);
    }

    /** Replaces the marker atomically: after a crash it is the old one or the new one. */
    private static void writeMarker(Path path, String line) throws IOException {
        Path temporary = path.resolve(MARKER + ".new");
        Files.deleteIfExists(temporary);
        try (FileChannel channel = FileChannel.open(
                temporary, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), OwnerOnly.file(path))) {
            channel.write(StandardCharsets.ISO_8859_1.encode(line + "\n"));
            channel.force(true);
        }
        Files.move(temporary, path.resolve(MARKER), StandardCopyOption.ATOMIC_MOVE);
        DurableDirectories.sync(path);
    }
}
