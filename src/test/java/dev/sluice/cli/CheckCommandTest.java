package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.store.Durability;
import dev.sluice.store.rocksdb.RocksDbStore;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckCommandTest {
    private final PrintStream stdout = System.out;
    private final PrintStream stderr = System.err;
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final ByteArrayOutputStream errorOutput = new ByteArrayOutputStream();

    @TempDir
    Path directory;

    @BeforeEach
    void capture() {
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(errorOutput, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void restore() {
        System.setOut(stdout);
        System.setErr(stderr);
    }

    @Test
    void aSoundStoreIsExitCodeZero() {
        RocksDbStore.open(directory, Durability.FSYNC).close();

        assertThat(check()).isZero();
        assertThat(printed.toString(StandardCharsets.UTF_8))
                .isEqualTo("sound: 0 queues, 0 messages, 0 bytes" + System.lineSeparator());
    }

    @Test
    void aDamagedStoreIsExitCodeThreeForCheckAndServe() throws IOException {
        RocksDbStore.open(directory, Durability.FSYNC).close();
        Files.writeString(directory.resolve("db/CURRENT"), "MANIFEST-0000");

        assertThat(check()).isEqualTo(3);
        assertThat(printed.toString(StandardCharsets.UTF_8)).contains("CURRENT", "damaged (1 findings)");
        String[] serve = {
            "serve", "--set=storage.directory=" + directory, "--set=http.port=0", "--set=management.port=0"
        };
        assertThat(Main.run(serve)).isEqualTo(3);
        assertThat(errorOutput.toString(StandardCharsets.UTF_8))
                .contains("CURRENT")
                .hasLineCount(1);
    }

    @Test
    void findingsCanBePrintedAsJson() throws IOException {
        RocksDbStore.open(directory, Durability.FSYNC).close();
        Files.writeString(directory.resolve("SLUICE"), "?");

        assertThat(check("--json")).isEqualTo(3);
        JsonObject report = new JsonObject(printed.toString(StandardCharsets.UTF_8));
        assertThat(report.getBoolean("sound")).isFalse();
        assertThat(report.getJsonArray("findings").getJsonObject(0).getString("what"))
                .contains("SLUICE is damaged");
    }

    @Test
    void aDirectoryThatCannotBeCheckedIsExitCodeTwo() {
        assertThat(check()).isEqualTo(2);
        assertThat(errorOutput.toString(StandardCharsets.UTF_8))
                .isEqualTo("sluice: " + directory + " is not a data directory: it has no file SLUICE\n");
    }

    @Test
    void aStoreInUseIsNotChecked() {
        RocksDbStore running = RocksDbStore.open(directory, Durability.FSYNC);
        try {
            assertThat(check()).isEqualTo(2);
            assertThat(errorOutput.toString(StandardCharsets.UTF_8)).contains("another Sluice is running");
        } finally {
            running.close();
        }
    }

    private int check(String... more) {
        String[] arguments = new String[2 + more.length];
        arguments[0] = "check";
        arguments[1] = "--data-dir=" + directory;
        System.arraycopy(more, 0, arguments, 2, more.length);
        return Main.run(arguments);
    }
}
