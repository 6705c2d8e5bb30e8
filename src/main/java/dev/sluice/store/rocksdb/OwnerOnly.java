package dev.sluice.store.rocksdb;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
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
 * Modes of files: what Sluice writes is for the owner of its process only, whatever the umask is. RocksDB makes files that others
 * may read, so its directory is closed to them, and its files are when they are seen. Symbolic links are not followed: what they
 * lead to may not be ours. Without effect where files have no POSIX modes.
 */
final class OwnerOnly {
    private static final Logger LOG = LoggerFactory.getLogger(OwnerOnly.class);
    private static final Set<PosixFilePermission> DIRECTORY = PosixFilePermissions.fromString("rwx------");
    private static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("rw-------");
    private static final Set<PosixFilePermission> WRITE_OF_OTHERS =
            Set.of(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);

    private OwnerOnly() {}

    /** For a directory that is made in that place. */
    static FileAttribute<?>[] directory(Path path) {
        return attributes(path, DIRECTORY);
    }

    /** For a file that is made in that place. */
    static FileAttribute<?>[] file(Path path) {
        return attributes(path, FILE);
    }

    private static FileAttribute<?>[] attributes(Path path, Set<PosixFilePermission> mode) {
        return path.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(mode)}
                : new FileAttribute<?>[0];
    }

    /** Closes a directory and the files in it, if they are there. What cannot be closed is logged. */
    static void closeTree(Path directory) {
        if (Files.isSymbolicLink(directory)) {
            warnIfOpen(directory);
            return;
        }
        try {
            restrict(directory, DIRECTORY);
            if (Files.isDirectory(directory)) {
                try (Stream<Path> entries = Files.list(directory)) {
                    for (Path entry : entries.toList()) {
                        closeFile(entry);
                    }
                }
            }
        } catch (IOException failure) {
            LOG.warn("Directory {} cannot be closed to other users: {}", directory, failure.toString());
        }
    }

    /** Closes a file, if it is there and neither a directory nor a link. */
    static void closeFile(Path file) throws IOException {
        if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            restrict(file, FILE);
        }
    }

    private static void restrict(Path path, Set<PosixFilePermission> mode) throws IOException {
        PosixFileAttributeView view =
                Files.getFileAttributeView(path, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
        if (view == null || !Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (!mode.containsAll(view.readAttributes().permissions())) {
            view.setPermissions(mode);
        }
    }

    /** Logs it if other users can look into a directory, or into what a link leads to. It stays as it is: somebody chose it. */
    static void warnIfOpen(Path directory) {
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
                        mode.stream().anyMatch(WRITE_OF_OTHERS::contains) ? ", they can replace files" : "");
            }
        } catch (IOException failure) {
            LOG.warn("The mode of directory {} cannot be read: {}", directory, failure.toString());
        }
    }
}
