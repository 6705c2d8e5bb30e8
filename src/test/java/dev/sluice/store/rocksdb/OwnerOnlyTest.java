package dev.sluice.store.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sluice.store.Durability;
import dev.sluice.store.Samples;
import dev.sluice.store.StoreBatch;
import dev.sluice.store.StoreException;
import dev.sluice.store.StoreResults;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stored files are accessible to the owner of the process only. */
class OwnerOnlyTest {
    @TempDir
    private Path home;

    @Test
    void filesInADirectoryThatOthersCanReadAreRestricted() throws IOException {
        Path directory = Files.createDirectory(home.resolve("data"));
        mode(directory, "rwxr-xr-x");

        RocksDbStore.open(directory, Durability.FSYNC).close();

        assertThat(mode(directory)).isEqualTo("rwxr-xr-x");
        assertThat(accessibleToOthers(directory)).containsExactly(directory);
    }

    @Test
    void filesWithWiderModesAreRestrictedAtTheNextStart() throws IOException {
        Path directory = home.resolve("data");
        RocksDbStore.open(directory, Durability.FSYNC).close();
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path each : all.toList()) {
                mode(each, Files.isDirectory(each) ? "rwxr-xr-x" : "rw-r--r--");
            }
        }

        RocksDbStore running = RocksDbStore.open(directory, Durability.FSYNC);
        try {
            assertThat(accessibleToOthers(directory)).containsExactly(directory);
        } finally {
            running.close();
        }
    }

    @Test
    void filesThatAreCreatedWhileTheStoreRunsAreRestrictedSoon() throws IOException {
        Path directory = home.resolve("data");
        RocksDbStore store = RocksDbStore.open(directory, Durability.FSYNC);
        try {
            List<Path> atStart = all(directory);
            for (int seq = 1; seq <= 3; seq++) {
                StoreBatch batch = store.newBatch(0, StoreBatch.CAPACITY_BYTES_MIN);
                batch.add(1, Samples.enqueued(Samples.arrival(seq)));
                StoreResults.get(StoreResults.commitAsync(store, batch));
                // Writes a table and begins a log.
                store.copyTo(home.resolve("copy" + seq));
            }

            assertThat(all(directory)).anyMatch(each -> !atStart.contains(each));
            await().until(() -> accessibleToOthers(directory).isEmpty());
        } finally {
            store.close();
        }
    }

    @Test
    void filesOfADirectoryThatCannotBeWatchedAreRestrictedToo() throws IOException {
        Path directory = Files.createDirectory(home.resolve("db"));
        FileModeWatcher watcher = FileModeWatcher.start(directory, unwatchable -> {
            throw new IOException("User limit of inotify instances reached");
        });
        try {
            for (int i = 0; i < 3; i++) {
                Path file = Files.createFile(directory.resolve("file" + i));
                mode(file, "rw-r--r--");
                await().until(() -> mode(file).equals("rw-------"));
            }
        } finally {
            watcher.close();
        }
    }

    @Test
    void aCopyIsRestrictedToo() throws IOException {
        RocksDbStore store = RocksDbStore.open(home.resolve("data"), Durability.FSYNC);
        try {
            store.copyTo(home.resolve("copy"));
        } finally {
            store.close();
        }

        assertThat(accessibleToOthers(home.resolve("copy"))).isEmpty();
    }

    @Test
    void symbolicLinksAreNotFollowed() throws IOException {
        Path database = Files.createDirectory(home.resolve("db"));
        Path foreignFile = Files.createFile(home.resolve("foreign"));
        Path foreignDirectory = Files.createDirectory(home.resolve("elsewhere"));
        mode(foreignFile, "rw-r--r--");
        mode(foreignDirectory, "rwxr-xr-x");
        Files.createSymbolicLink(database.resolve("planted"), foreignFile);

        OwnerOnly.restrictTree(database);
        OwnerOnly.restrictTree(Files.createSymbolicLink(home.resolve("link"), foreignDirectory));

        assertThat(mode(database)).isEqualTo("rwx------");
        assertThat(mode(foreignFile)).isEqualTo("rw-r--r--");
        assertThat(mode(foreignDirectory)).isEqualTo("rwxr-xr-x");
    }

    @Test
    void aNameThatRocksDbCannotOpenIsRefused() {
        // Not resolved against a test directory, because the name is not valid in every locale.
        assertThatThrownBy(() -> NativePaths.require(Path.of("data\u00fc\ud83d\ude00")))
                .isInstanceOfAny(StoreException.class, java.nio.file.InvalidPathException.class);
        NativePaths.require(home.resolve("data"));
    }

    private static List<Path> accessibleToOthers(Path directory) throws IOException {
        return all(directory).stream()
                .filter(each -> !mode(each).endsWith("------"))
                .toList();
    }

    private static List<Path> all(Path directory) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            return all.toList();
        }
    }

    private static String mode(Path path) {
        try {
            return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
        } catch (IOException failure) {
            throw new AssertionError(failure);
        }
    }

    private static void mode(Path path, String mode) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
    }
}
