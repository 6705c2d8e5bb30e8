package dev.sluice.store.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.TestTimeout;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.RocksDB;
import org.rocksdb.util.Environment;

/** The native library is unpacked once, and again whenever it differs from the one in the jar. */
class NativeLibraryTest {
    private static final FileTime LONG_AGO = FileTime.from(Instant.parse("2020-01-01T00:00:00Z"));

    @TempDir
    private Path directory;

    private Path nativeCode;
    private Path library;
    private byte[] packed;

    @BeforeEach
    void unpackForTheFirstTime() throws IOException {
        nativeCode = directory.resolve("native");
        library = NativeLibrary.unpack(nativeCode);
        String name = Environment.getJniLibraryFileName("rocksdb");
        try (InputStream content = getClass().getClassLoader().getResourceAsStream(name)) {
            packed = content.readAllBytes();
        }
    }

    @Test
    void theFirstStartUnpacksTheLibrary() {
        assertThat(library).hasBinaryContent(packed);
    }

    @Test
    void aLaterStartKeepsTheLibrary() throws IOException {
        Files.setLastModifiedTime(library, LONG_AGO);

        NativeLibrary.unpack(nativeCode);

        assertThat(Files.getLastModifiedTime(library)).isEqualTo(LONG_AGO);
    }

    @Test
    void anIncompleteLibraryIsUnpackedAgain() throws IOException {
        Files.write(library, new byte[packed.length / 2]);

        NativeLibrary.unpack(nativeCode);

        assertThat(library).hasBinaryContent(packed);
    }

    @Test
    void aLibraryOfTheSameSizeWithOtherContentIsUnpackedAgain() throws IOException {
        byte[] other = packed.clone();
        other[packed.length / 2]++;
        Files.write(library, other);

        NativeLibrary.unpack(nativeCode);

        assertThat(library).hasBinaryContent(packed);
    }

    @Test
    void leftoversOfAKilledStartAreReplaced() throws IOException {
        Files.delete(library);
        Files.write(
                library.resolveSibling(library.getFileName() + ".new"),
                new byte[] {1, 2, 3},
                StandardOpenOption.CREATE);

        NativeLibrary.unpack(nativeCode);

        assertThat(library).hasBinaryContent(packed);
        try (Stream<Path> files = Files.list(nativeCode)) {
            assertThat(files).containsExactly(library);
        }
    }

    @Test
    void leftoverLibrariesOfAKilledProcessAreDeleted() throws IOException {
        Files.createFile(nativeCode.resolve("libnetty_tcnative_linux_x86_644711.so"));

        NativeLibrary.removeLeftovers(nativeCode);

        try (Stream<Path> files = Files.list(nativeCode)) {
            assertThat(files).containsExactly(library);
        }
    }

    @Test
    void aProcessCanLoadTheUnpackedLibrary() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        LoadLibrary.class.getName(),
                        nativeCode.toString())
                .inheritIO()
                .start();

        assertThat(process.waitFor(TestTimeout.SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
    }

    /** Exits with 0 if the library can be loaded. A process loads it only once, so this is a separate process. */
    static final class LoadLibrary {
        public static void main(String[] args) {
            RocksDB.loadLibrary(List.of(args[0]));
        }
    }
}
