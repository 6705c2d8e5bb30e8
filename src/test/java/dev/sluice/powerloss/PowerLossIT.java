package dev.sluice.powerloss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.Requirement;
import dev.sluice.TestSeed;
import dev.sluice.store.Durability;
import dev.sluice.store.Outcomes;
import dev.sluice.store.StoredMessage;
import dev.sluice.store.rocksdb.RocksDbStore;
import dev.sluice.store.rocksdb.StoreCheck;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a power loss leaves, taken from the system calls of the real server: every write and every sync is traced, and for many
 * moments a directory is made that holds what was synced by then and nothing else. An answer that left the server before
 * its sync ended is a message that is missing there.
 *
 * <p>A failure names its seed; {@code -Dsluice.powerloss.seed=N} chooses the same moments and cuts, though not the same timing.
 */
class PowerLossIT {
    private static final int MOMENTS = 24;
    private static final int MOMENTS_OF_FIRST_START = 4;
    private static final int PUSHES_EACH = 50;
    private static final int PULLS = 25;

    private final long seed = Long.getLong("sluice.powerloss.seed", TestSeed.of("power losses"));
    private final Random random = new Random(seed);
    private final Ledger ledger = new Ledger();

    @TempDir
    Path temporary;

    private Path home;
    private int images;

    @BeforeEach
    void canTrace() throws Exception {
        Optional<String> obstacle = Trace.unavailable(temporary);
        Requirement.check(obstacle.isEmpty(), "power losses cannot be shown here: " + obstacle.orElse(""));
        home = temporary.resolve("home");
        home.toFile().mkdir();
    }

    @Test
    void whateverWasAnsweredBeforeThePowerWentIsThere() throws Exception {
        Path first = temporary.resolve("first");
        Path second = temporary.resolve("second");
        long readyMicros;
        try (TracedServer server = TracedServer.start(Trace.command(first), data(), TracedServer.AUTH)) {
            readyMicros = Ledger.nowMicros();
            new Load(server, ledger, "a").run(PUSHES_EACH, PULLS, seed);
        }
        // Its start moves the log of the killed one into tables.
        try (TracedServer server = TracedServer.start(Trace.command(second), data(), TracedServer.AUTH)) {
            new Load(server, ledger, "b").run(PUSHES_EACH, PULLS, seed);
        }
        List<SystemCall> firstCalls = Trace.read(first);
        List<SystemCall> secondCalls = Trace.read(second);

        TracedDisk disk = new TracedDisk(home);
        Set<Long> moments = moments(firstCalls, secondCalls, readyMicros);
        replay(disk, firstCalls, moments, readyMicros);
        disk.restart();
        replay(disk, secondCalls, moments, readyMicros);
        checkImages(disk, Ledger.nowMicros(), true);
        assertThat(ledger.pushesAnsweredBy(Ledger.nowMicros())).isGreaterThan(2L * PUSHES_EACH);
        assertThat(ledger.acksAnsweredBy(Ledger.nowMicros())).isGreaterThan(PULLS);
        assertThat(images).isGreaterThanOrEqualTo(3 * MOMENTS);
    }

    @Test
    void withoutSyncsTheSameLookFindsWhatIsLost() throws Exception {
        Path trace = temporary.resolve("trace");
        try (TracedServer server =
                TracedServer.start(Trace.command(trace), data(), TracedServer.AUTH, "storage.durability=async")) {
            new Load(server, ledger, "a").run(PUSHES_EACH / 5, 0, seed);
        }
        TracedDisk disk = new TracedDisk(home);
        Trace.read(trace).forEach(disk::take);
        Path image = temporary.resolve("image");
        disk.image(image, TracedDisk.Loss.EVERYTHING, random);

        assertThat(ledger.wrongs(bodiesIn(image.resolve("data")), Ledger.nowMicros()))
                .isNotEmpty()
                .allMatch(wrong -> wrong.startsWith("answered and lost"));
    }

    @Test
    void theCredentialsThatWereShownSurviveToo() throws Exception {
        Path trace = temporary.resolve("trace");
        TracedServer.start(Trace.command(trace), data()).close();
        TracedDisk disk = new TracedDisk(home);
        Trace.read(trace).forEach(disk::take);
        Path image = temporary.resolve("image");
        disk.image(image, TracedDisk.Loss.EVERYTHING, random);

        assertThat(image.resolve("data/credentials")).hasSameTextualContentAs(data().resolve("credentials"));
    }

    @Test
    void aFailedSyncIsNoAnswerAndTheServerComesBack() throws Exception {
        List<String> watch = new ArrayList<>(
                List.of("strace", "-f", "--seccomp-bpf", "-qq", "-e", "signal=none", "-e", "trace=fdatasync"));
        // Counted per thread: the one that writes fails, three times, and not the one that opens again.
        watch.addAll(List.of(
                "-e",
                "inject=fdatasync:error=EIO:when=20..22",
                "-o",
                temporary.resolve("trace").toString()));
        int refused = 0;
        try (TracedServer server = TracedServer.start(watch, data(), TracedServer.AUTH)) {
            Load load = new Load(server, ledger, "a");
            while (load.push(random) == 200) {
                assertThat(server.ready().statusCode()).isEqualTo(200);
            }
            assertThat(server.ready().statusCode()).isEqualTo(503);
            assertThat(server.ready().body()).contains("unready", "Input/output error");
            for (int pushes = 0; pushes < 20; ) {
                await().until(() -> server.ready().statusCode() == 200);
                if (load.push(random) == 200) {
                    pushes++;
                } else {
                    refused++;
                }
            }
        }
        assertThat(refused).as("the sync fails again").isPositive();
        assertThat(StoreCheck.run(data()).findings().kept()).isEmpty();
        assertThat(ledger.wrongs(bodiesIn(data()), Ledger.nowMicros())).isEmpty();
    }

    private Path data() {
        return home.resolve("data");
    }

    /** Some moments at which an answer had just arrived, some between two system calls, some during the first start. */
    private Set<Long> moments(List<SystemCall> first, List<SystemCall> second, long readyMicros) {
        Set<Long> moments = new TreeSet<>();
        List<Long> answers = ledger.answers();
        List<Long> ends = new ArrayList<>();
        first.forEach(call -> ends.add(call.endedMicros()));
        second.forEach(call -> ends.add(call.endedMicros()));
        List<Long> starting =
                ends.stream().filter(micros -> micros < readyMicros).toList();
        while (moments.size() < MOMENTS / 2) {
            moments.add(answers.get(random.nextInt(answers.size())));
        }
        while (moments.size() < MOMENTS) {
            long micros = ends.get(random.nextInt(ends.size()));
            if (micros > readyMicros) {
                moments.add(micros);
            }
        }
        while (moments.size() < MOMENTS + MOMENTS_OF_FIRST_START) {
            moments.add(starting.get(random.nextInt(starting.size())));
        }
        return moments;
    }

    private void replay(TracedDisk disk, List<SystemCall> calls, Set<Long> moments, long readyMicros) throws Exception {
        long lastMicros = calls.get(calls.size() - 1).endedMicros();
        List<Long> due = moments.stream().filter(micros -> micros <= lastMicros).toList();
        moments.removeAll(due);
        int next = 0;
        for (SystemCall call : calls) {
            while (next < due.size() && call.endedMicros() > due.get(next)) {
                checkImages(disk, due.get(next), due.get(next) >= readyMicros);
                next++;
            }
            disk.take(call);
        }
        if (next < due.size()) {
            checkImages(disk, due.get(next), due.get(next) >= readyMicros);
        }
    }

    private void checkImages(TracedDisk disk, long micros, boolean complete) throws Exception {
        for (TracedDisk.Loss loss : TracedDisk.Loss.values()) {
            Path image = temporary.resolve("image" + images++);
            disk.image(image, loss, random);
            String what = "seed " + seed + ", " + image.getFileName() + ", loss of " + loss + " at " + micros;
            Path data = image.resolve("data");
            if (complete) {
                assertThat(StoreCheck.run(data).findings().kept()).as(what).isEmpty();
            }
            try {
                assertThat(ledger.wrongs(bodiesIn(data), micros)).as(what).isEmpty();
            } catch (RuntimeException failure) {
                throw new AssertionError(what, failure);
            }
        }
    }

    /** All messages of a store, opened as a server does. */
    private static Set<String> bodiesIn(Path data) throws IOException {
        Set<String> bodies = new HashSet<>();
        try (RocksDbStore store = RocksDbStore.open(data, Durability.FSYNC)) {
            for (long number : store.heads().toCompletableFuture().join().keySet()) {
                for (StoredMessage stored : Outcomes.allArrivals(store, number)) {
                    bodies.add(new String(stored.content().body(), StandardCharsets.UTF_8));
                }
            }
        }
        return bodies;
    }
}
