package dev.sluice.powerloss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.Requirement;
import dev.sluice.TestSeed;
import dev.sluice.store.Durability;
import dev.sluice.store.StoreResults;
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
 * Simulates power losses with the system calls of the real server. Every write and every sync is traced. For many
 * points in time the test creates a directory that holds exactly what was synced by then. A response that left the
 * server before its sync ended shows as a missing message.
 *
 * <p>A failure reports its seed; {@code -Dsluice.powerloss.seed=N} selects the same times and cuts, though not the same
 * timing of the server.
 */
class PowerLossIT {
    private static final int TIMES = 24;
    private static final int TIMES_OF_FIRST_START = 4;
    private static final int PUSHES_EACH = 50;
    private static final int PULLS = 25;

    private final long seed = Long.getLong("sluice.powerloss.seed", TestSeed.of("power losses"));
    private final Random random = new Random(seed);
    private final RequestLog requestLog = new RequestLog();

    @TempDir
    Path temporary;

    private Path home;
    private int images;

    @BeforeEach
    void requireTracing() throws Exception {
        Optional<String> reason = Trace.unavailable(temporary);
        Requirement.check(reason.isEmpty(), "power losses cannot be simulated here: " + reason.orElse(""));
        home = temporary.resolve("home");
        home.toFile().mkdir();
    }

    @Test
    void everythingConfirmedBeforeThePowerLossIsStored() throws Exception {
        Path first = temporary.resolve("first");
        Path second = temporary.resolve("second");
        long readyMicros;
        try (TracedServer server = TracedServer.start(Trace.command(first), data(), TracedServer.AUTH)) {
            readyMicros = RequestLog.nowMicros();
            new Load(server, requestLog, "a").run(PUSHES_EACH, PULLS, seed);
        }
        // The second start moves the log of the killed server into tables.
        try (TracedServer server = TracedServer.start(Trace.command(second), data(), TracedServer.AUTH)) {
            new Load(server, requestLog, "b").run(PUSHES_EACH, PULLS, seed);
        }
        List<SystemCall> firstCalls = Trace.read(first);
        List<SystemCall> secondCalls = Trace.read(second);

        TracedDisk disk = new TracedDisk(home);
        Set<Long> times = times(firstCalls, secondCalls, readyMicros);
        replay(disk, firstCalls, times, readyMicros);
        disk.restart();
        replay(disk, secondCalls, times, readyMicros);
        checkImages(disk, RequestLog.nowMicros(), true);
        assertThat(requestLog.pushesRespondedBy(RequestLog.nowMicros())).isGreaterThan(2L * PUSHES_EACH);
        assertThat(requestLog.acksRespondedBy(RequestLog.nowMicros())).isGreaterThan(PULLS);
        assertThat(images).isGreaterThanOrEqualTo(3 * TIMES);
    }

    @Test
    void withoutSyncsTheSameCheckFindsTheLoss() throws Exception {
        Path trace = temporary.resolve("trace");
        try (TracedServer server =
                TracedServer.start(Trace.command(trace), data(), TracedServer.AUTH, "storage.durability=async")) {
            new Load(server, requestLog, "a").run(PUSHES_EACH / 5, 0, seed);
        }
        TracedDisk disk = new TracedDisk(home);
        Trace.read(trace).forEach(disk::apply);
        Path image = temporary.resolve("image");
        disk.image(image, TracedDisk.Loss.EVERYTHING, random);

        assertThat(requestLog.violations(bodiesIn(image.resolve("data")), RequestLog.nowMicros()))
                .isNotEmpty()
                .allMatch(violation -> violation.startsWith("confirmed and lost"));
    }

    @Test
    void thePrintedCredentialsSurviveAPowerLoss() throws Exception {
        Path trace = temporary.resolve("trace");
        TracedServer.start(Trace.command(trace), data()).close();
        TracedDisk disk = new TracedDisk(home);
        Trace.read(trace).forEach(disk::apply);
        Path image = temporary.resolve("image");
        disk.image(image, TracedDisk.Loss.EVERYTHING, random);

        assertThat(image.resolve("data/credentials")).hasSameTextualContentAs(data().resolve("credentials"));
    }

    @Test
    void aFailedSyncIsNotConfirmedAndTheServerRecovers() throws Exception {
        List<String> traceCommand = new ArrayList<>(
                List.of("strace", "-f", "--seccomp-bpf", "-qq", "-e", "signal=none", "-e", "trace=fdatasync"));
        // Counted per thread: the writer thread fails three times, the reopening thread does not fail.
        traceCommand.addAll(List.of(
                "-e",
                "inject=fdatasync:error=EIO:when=20..22",
                "-o",
                temporary.resolve("trace").toString()));
        int refused = 0;
        try (TracedServer server = TracedServer.start(traceCommand, data(), TracedServer.AUTH)) {
            Load load = new Load(server, requestLog, "a");
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
        assertThat(requestLog.violations(bodiesIn(data()), RequestLog.nowMicros()))
                .isEmpty();
    }

    private Path data() {
        return home.resolve("data");
    }

    /**
     * Selects points in time: some when a response had just arrived, some between two system calls, some during the
     * first start.
     */
    private Set<Long> times(List<SystemCall> first, List<SystemCall> second, long readyMicros) {
        Set<Long> times = new TreeSet<>();
        List<Long> responses = requestLog.responseMicros();
        List<Long> callTimes = new ArrayList<>();
        first.forEach(call -> callTimes.add(call.endedMicros()));
        second.forEach(call -> callTimes.add(call.endedMicros()));
        List<Long> startTimes =
                callTimes.stream().filter(micros -> micros < readyMicros).toList();
        while (times.size() < TIMES / 2) {
            times.add(responses.get(random.nextInt(responses.size())));
        }
        while (times.size() < TIMES) {
            long micros = callTimes.get(random.nextInt(callTimes.size()));
            if (micros > readyMicros) {
                times.add(micros);
            }
        }
        while (times.size() < TIMES + TIMES_OF_FIRST_START) {
            times.add(startTimes.get(random.nextInt(startTimes.size())));
        }
        return times;
    }

    private void replay(TracedDisk disk, List<SystemCall> calls, Set<Long> times, long readyMicros) throws Exception {
        long lastMicros = calls.get(calls.size() - 1).endedMicros();
        List<Long> due = times.stream().filter(micros -> micros <= lastMicros).toList();
        times.removeAll(due);
        int next = 0;
        for (SystemCall call : calls) {
            while (next < due.size() && call.endedMicros() > due.get(next)) {
                checkImages(disk, due.get(next), due.get(next) >= readyMicros);
                next++;
            }
            disk.apply(call);
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
                assertThat(requestLog.violations(bodiesIn(data), micros))
                        .as(what)
                        .isEmpty();
            } catch (RuntimeException failure) {
                throw new AssertionError(what, failure);
            }
        }
    }

    /** Returns the bodies of all messages in a store, opened as the server opens it. */
    private static Set<String> bodiesIn(Path data) throws IOException {
        Set<String> bodies = new HashSet<>();
        try (RocksDbStore store = RocksDbStore.open(data, Durability.FSYNC)) {
            for (long number : store.heads().toCompletableFuture().join().keySet()) {
                for (StoredMessage stored : StoreResults.allArrivals(store, number)) {
                    bodies.add(new String(stored.content().body(), StandardCharsets.UTF_8));
                }
            }
        }
        return bodies;
    }
}
