package dev.sluice.store.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.store.Durability;
import dev.sluice.store.StoreCorruptException;
import dev.sluice.store.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirectoryTest {
    @TempDir
    Path temporary;

    @Test
    void aMissingDirectoryIsCreatedForItsOwnerOnly() throws IOException {
        Path directory = temporary.resolve("deep/data");
        open(directory).close();

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)))
                .isEqualTo("rwx------");
        assertThat(Files.readString(directory.resolve("SLUICE"))).isEqualTo("Sluice data directory, format 1\n");
        open(directory).close();
    }

    @Test
    void anEmptyDirectoryAndANewFileSystemAreAccepted() throws IOException {
        Files.createDirectory(temporary.resolve("lost+found"));
        open(temporary).close();

        assertThat(temporary.resolve("db")).isDirectory();
    }

    @Test
    void aFileIsRefused() throws IOException {
        Path file = Files.writeString(temporary.resolve("file"), "x");

        assertRefused(file, "is a file, not a directory");
        assertRefused(file.resolve("below"), "cannot be used");
        assertThat(Files.readString(file)).isEqualTo("x");
    }

    @Test
    void aForeignDirectoryIsRefusedAndNotChanged() throws IOException {
        Files.writeString(temporary.resolve("thesis.txt"), "x");

        assertRefused(temporary, "is not Sluice's: it holds thesis.txt but no file SLUICE");
        assertThat(names()).containsExactly("thesis.txt");
    }

    @Test
    void anUnwritableDirectoryIsRefused() throws IOException {
        Path directory = Files.createDirectory(temporary.resolve("data"));
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("r-xr-xr-x"));
        if (Files.isWritable(directory)) {
            // The root user can write everywhere except in the file systems of the kernel.
            assertRefused(Path.of("/proc/sluice"), "cannot be used");
        } else {
            assertRefused(directory, "is not writable");
        }
    }

    @Test
    void aNewerFormatIsRefusedAndNotChanged() throws IOException {
        open(temporary).close();
        Files.writeString(temporary.resolve("SLUICE"), "Sluice data directory, format 2\n");
        List<String> before = names();

        assertRefused(temporary, "has format 2, written by a newer Sluice; this one knows formats up to 1");
        assertThat(names()).isEqualTo(before);
    }

    @Test
    void aMarkerWithoutAFormatIsReportedAsDamage() throws IOException {
        open(temporary).close();
        Files.writeString(temporary.resolve("SLUICE"), "Sluice data directory, format 1x\n");

        assertThatThrownBy(() -> open(temporary))
                .isInstanceOf(StoreCorruptException.class)
                .hasMessageContaining("SLUICE is damaged");
    }

    @Test
    void aSecondStoreOnTheSameDirectoryIsRefused() {
        try (RocksDbStore first = open(temporary)) {
            assertThat(first.bytesWaiting()).isZero();
            assertRefused(temporary, "another Sluice is running on data directory " + temporary);
        }
        open(temporary).close();
    }

    @Test
    void aMissingDatabaseIsReportedAsDamageAndNotCreated() throws IOException {
        open(temporary).close();
        Files.move(temporary.resolve("db"), temporary.resolve("elsewhere"));

        assertThatThrownBy(() -> open(temporary))
                .isInstanceOf(StoreCorruptException.class)
                .hasMessageContaining("db is missing");
        assertThat(temporary.resolve("db")).doesNotExist();
    }

    @Test
    void aMissingCurrentFileIsReportedAndNoDatabaseIsCreated() throws IOException {
        open(temporary).close();
        Files.delete(temporary.resolve("db/CURRENT"));

        assertThatThrownBy(() -> open(temporary))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("CURRENT");
    }

    @Test
    void aDirectoryWhoseCreationWasInterruptedIsCompleted() throws IOException {
        Files.writeString(temporary.resolve("SLUICE"), "Sluice data directory, being made\n");
        Files.createDirectory(temporary.resolve("db"));
        open(temporary).close();

        assertThat(Files.readString(temporary.resolve("SLUICE"))).isEqualTo("Sluice data directory, format 1\n");
    }

    @Test
    void aDirectoryInterruptedBeforeItsMarkerIsCompleted() throws IOException {
        Files.createFile(temporary.resolve("lock"));
        open(temporary).close();

        assertThat(temporary.resolve("db")).isDirectory();
    }

    private static RocksDbStore open(Path directory) {
        return RocksDbStore.open(directory, Durability.FSYNC);
    }

    private static void assertRefused(Path directory, String reason) {
        assertThatThrownBy(() -> open(directory))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining(reason)
                .satisfies(failure -> assertThat(failure.getMessage()).doesNotContain("\n"));
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(temporary)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
