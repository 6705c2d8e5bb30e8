package dev.sluice.store.rocksdb;

import static dev.sluice.store.StoreResults.allArrivals;
import static dev.sluice.store.StoreResults.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.store.Durability;
import dev.sluice.store.StoredMessage;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class KilledProcessTest {
    private static final int ROUNDS = 3;
    private static final int COMMITS_BEFORE_KILL = 2_000;

    @TempDir
    Path directory;

    /** The operating system survives, so unsynced writes must survive as well. */
    @ParameterizedTest
    @EnumSource(Durability.class)
    void everyBatchConfirmedBeforeTheKillIsStored(Durability durability) throws Exception {
        long nextSeq = 1;
        for (int round = 0; round < ROUNDS; round++) {
            long storedSeq = runAndKill(durability, nextSeq);
            try (RocksDbStore store = RocksDbStore.open(directory, durability)) {
                List<Long> seqs = allArrivals(store, 1).stream()
                        .map(StoredMessage::header)
                        .map(header -> header.seq())
                        .toList();
                assertThat((long) seqs.size()).isGreaterThanOrEqualTo(storedSeq);
                assertThat(seqs.get(seqs.size() - 1)).as("no gap").isEqualTo(seqs.size());
                nextSeq = get(store.load(1)).head().nextSeq();
                assertThat(nextSeq).as("head and messages are of one batch").isEqualTo(seqs.size() + 1L);
            }
        }
    }

    /** Returns the last seq that the process printed as stored. */
    private long runAndKill(Durability durability, long fromSeq) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        "-Xmx128m",
                        CommitStream.class.getName(),
                        directory.toString(),
                        durability.name(),
                        Long.toString(fromSeq))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        long storedSeq = 0;
        int lines = 0;
        try (BufferedReader output =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII))) {
            String line;
            while ((line = output.readLine()) != null) {
                if (line.matches("\\d{1,18}") && Long.parseLong(line) == Math.max(storedSeq, fromSeq - 1) + 1) {
                    storedSeq = Long.parseLong(line);
                }
                if (++lines == COMMITS_BEFORE_KILL) {
                    process.destroyForcibly();
                }
            }
        } catch (IOException closedByKill) {
            assertThat(lines).isGreaterThanOrEqualTo(COMMITS_BEFORE_KILL);
        }
        process.waitFor();
        assertThat(storedSeq).isGreaterThanOrEqualTo(fromSeq + COMMITS_BEFORE_KILL - 1);
        return storedSeq;
    }
}
