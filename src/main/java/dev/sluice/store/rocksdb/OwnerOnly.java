package dev.sluice.store.rocksdb;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * File modes: everything that Sluice writes is accessible to the owner of the process only, whatever the umask is.
 * RocksDB creates files that others may read, so its directory is restricted, and so are its files as soon as they are
 * found; see {@link FileModeWatcher}.
 * Symbolic links are not followed: the target may belong to another user. No effect on file systems without POSIX
 * modes.
 */
final class OwnerOnly {
    private static final Logger LOG = LoggerFactory.getLogger(OwnerOnly.class);
    private static final Set<PosixFilePermission> DIRECTORY = PosixFilePermissions.fromString("rwx------");
    private static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("rw-------");
    private static final Set<PosixFilePermission> OTHERS_WRITE_MODES =
            Set.of(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);

    private OwnerOnly() {}

    /** Attributes for creating a directory at that path. */
    static FileAttribute<?>[] directory(Path path) {
        return attributes(path, DIRECTORY);
    }

    /** Attributes for creating a file at that path. */
    static FileAttribute<?>[] file(Path path) {
        return attributes(path, FILE);
    }

    private static FileAttribute<?>[] attributes(Path path, Set<PosixFilePermission> mode) {
        return path.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(mode)}
                : new FileAttribute<?>[0];
    }

    /** Restricts a directory and the files in it, if they exist. Failures are logged. */
    static void restrictTree(Path directory) {
        if (Files.isSymbolicLink(directory)) {
            warnIfAccessible(directory);
            return;
        }
        try {
            restrict(directory, DIRECTORY);
            if (Files.isDirectory(directory)) {
                try (Stream<Path> entries = Files.list(directory)) {
                    for (Path entry : entries.toList()) {
                        restrictFile(entry);
                    }
                }
            }
        } catch (IOException failure) {
            LOG.warn("Directory {} cannot be closed to other users: {}", directory, failure.toString());
        }
    }

    /** Restricts a file, if it exists and is neither a directory nor a symbolic link. */
    static void restrictFile(Path file) throws IOException {
        if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            restrict(file, FILE);
        }
    }

    private static void restrict(Path path, Set<PosixFilePermission> mode) throws IOException {
        PosixFileAttributeView view =
                Files.getFileAttributeView(path, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
        if (view == null) {
            return;
        }
        try {
            if (!mode.containsAll(view.readAttributes().permissions())) {
                view.setPermissions(mode);
            }
        } catch (NoSuchFileException deleted) {
            // RocksDB has deleted or renamed it meanwhile.
        }
    }

    /**
     * Logs a warning if other users have access to a directory or to the target of a link. Its mode is not changed,
     * because the operator chose it.
     */
    static void warnIfAccessible(Path directory) {
        try {
            PosixFileAttributeView view = Files.getFileAttributeView(directory, PosixFileAttributeView.class);
            if (view == null) {
                return;
            }
            PosixFileAttributes attributes = view.readAttributes();
            Set<PosixFilePermission> mode = attributes.permissions();
            if (!DIRECTORY.containsAll(mode)) {
                LOG.warn(
                        "Directory {} is open to other users ({}{}); what is written in it is for its owner only, and"
                                + " chmod 700 closes it",
                        directory,
                        PosixFilePermissions.toString(mode),
                        mode.stream().anyMatch(OTHERS_WRITE_MODES::contains) ? ", they can replace files" : "");
            }
        } catch (IOException failure) {
            LOG.warn("The mode of directory {} cannot be read: {}", directory, failure.toString());
        }
    }
}
