package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cli.Main;
import dev.sluice.store.Durability;
import dev.sluice.store.StoreBatch;
import dev.sluice.store.rocksdb.RocksDbStore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One flipped bit in each kind of file: the commands report the name of the file and end with exit code 3. */
class DamagedFilesTest {
    private static final int RECORDS = 30;

    private final PrintStream stdout = System.out;
    private final PrintStream stderr = System.err;
    private final ByteArrayOutputStream output = new ByteArrayOutputStream();

    @TempDir
    Path directory;

    /** A store with records in table files and in the write-ahead log. */
    @BeforeEach
    void makeStore() {
        for (int round = 0; round < 2; round++) {
            try (RocksDbStore store = RocksDbStore.open(directory, Durability.FSYNC)) {
                for (int i = 0; i < RECORDS; i++) {
                    StoreBatch batch = store.newBatch(0);
                    batch.putCatalog(new byte[] {'z', (byte) round, (byte) i}, new byte[100]);
                    CompletableFuture<Void> stored = new CompletableFuture<>();
                    store.commit(batch, failure -> stored.complete(null));
                    stored.join();
                }
            }
        }
        PrintStream captured = new PrintStream(output, true, StandardCharsets.UTF_8);
        System.setOut(captured);
        System.setErr(captured);
    }

    @AfterEach
    void restore() {
        System.setOut(stdout);
        System.setErr(stderr);
    }

    @ParameterizedTest
    @CsvSource({"MANIFEST-,0.1", "MANIFEST-,0.5", "CURRENT,0.2", "CURRENT,0.9", ".log,0.1", ".log,0.5"})
    void aFlippedBitIsReportedByCheckAndServe(String file, double fraction) throws IOException {
        String damaged = flip(file, fraction);

        assertThat(Main.run("check", "--data-dir=" + directory)).as(output()).isEqualTo(3);
        assertThat(output()).contains(damaged);
        output.reset();
        String[] serve = {
            "serve", "--set=storage.directory=" + directory, "--set=http.port=0", "--set=management.port=0"
        };
        assertThat(Main.run(serve)).as(output()).isEqualTo(3);
        assertThat(output()).contains(damaged).hasLineCount(1);
    }

    @ParameterizedTest
    @CsvSource({"0.02", "0.3", "0.6", "0.99"})
    void aFlippedBitInATableIsFoundByTheCheck(double fraction) throws IOException {
        String damaged = flip(".sst", fraction);

        assertThat(Main.run("check", "--data-dir=" + directory)).as(output()).isEqualTo(3);
        assertThat(output()).contains(damaged);
    }

    /** Flips a bit of the largest matching file, at this fraction of its length; returns the name of the file. */
    private String flip(String file, double fraction) throws IOException {
        Path found;
        try (Stream<Path> files = Files.list(directory.resolve("db"))) {
            found = files.filter(path -> path.getFileName().toString().startsWith(file)
                            || path.getFileName().toString().endsWith(file))
                    .max((one, other) ->
                            Long.compare(one.toFile().length(), other.toFile().length()))
                    .orElseThrow();
        }
        byte[] bytes = Files.readAllBytes(found);
        bytes[(int) (bytes.length * fraction)] ^= 1;
        Files.write(found, bytes);
        return found.getFileName().toString();
    }

    private String output() {
        return output.toString(StandardCharsets.UTF_8);
    }
}
