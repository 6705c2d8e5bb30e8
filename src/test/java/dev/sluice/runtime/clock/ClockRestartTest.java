package dev.sluice.runtime.clock;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.queue.Limits;
import dev.sluice.queue.QueueDefinition;
import dev.sluice.queue.QueueSettings;
import dev.sluice.runtime.RunningRuntime;
import dev.sluice.runtime.SettableClocks;
import dev.sluice.store.Durability;
import dev.sluice.store.QueueStore;
import dev.sluice.store.rocksdb.RocksDbStore;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Successive servers on one store on disk. The wall clock is set while they run and while they are down. */
class ClockRestartTest {
    private static final long SECOND = 1_000;
    private static final long HOUR = 3_600 * SECOND;
    private static final long DAY = 24 * HOUR;
    private static final int RETENTION_SECONDS = 3_600;

    private final SettableClocks clocks = new SettableClocks();

    @TempDir
    private Path directory;

    private QueueStore store;
    private RunningRuntime server;

    @BeforeEach
    void start() {
        store = RocksDbStore.open(directory.resolve("data"), Durability.FSYNC);
        server = new RunningRuntime(
                store, RunningRuntime.options(60_000, 4096), Limits.DOCUMENTED, new ContinuousClock(clocks));
    }

    @AfterEach
    void stop() {
        server.close();
        store.close();
    }

    private void restart() {
        stop();
        start();
    }

    /** Restarts the machine with a wall clock that is wrong by that amount. */
    private void restartMachine(long wrongMillis) {
        stop();
        clocks.restart();
        clocks.setWallRight();
        clocks.setWall(wrongMillis);
        start();
    }

    private QueueDefinition queue() {
        QueueDefinition queue = server.find("q");
        return queue == null ? server.createPulled("q", 100, "") : queue;
    }

    private QueueDefinition queueOfAnHour() {
        QueueSettings settings = new QueueSettings(0, false, RETENTION_SECONDS);
        RunningRuntime.get(server.runtime.catalogClient().createQueue(RunningRuntime.ACCOUNT, "q", settings, ""));
        server.consume(server.find("q"), 100, "");
        return server.find("q");
    }

    @Test
    void correctingAClockTenDaysBehindAtBootDeletesNothing() {
        restartMachine(-10 * DAY);
        server.push(queue(), "m");
        clocks.setWallRight();
        assertThat(server.backlog(queue())).isOne();
        restart();
        assertThat(server.backlog(queue())).isOne();
        restartMachine(0);
        clocks.pass(2 * ClockGap.STEADY_MILLIS);
        assertThat(server.backlog(queue())).isOne();
        assertThat(RunningRuntime.bodies(server.pull(queue(), 1_000))).containsExactly("m");
    }

    @Test
    void aTemporaryStepOfTwoHoursDeletesNothingWithARetentionOfOne() {
        server.push(queueOfAnHour(), "m");
        clocks.setWall(2 * HOUR);
        assertThat(server.backlog(queue())).isOne();
        restart();
        assertThat(server.backlog(queue())).isOne();
        clocks.setWallRight();
        assertThat(server.backlog(queue())).isOne();

        clocks.pass(HOUR);
        assertThat(server.backlog(queue())).isZero();
    }

    @Test
    void leasesKeepTheirLengthAfterAStepBackAndARestart() {
        server.push(queue(), "m");
        server.pull(queue(), 20_000);
        clocks.setWall(-HOUR);
        assertThat(server.pull(queue(), 20_000)).isEmpty();
        restart();
        clocks.setWall(-HOUR);
        restart();
        clocks.pass(19_999);
        assertThat(server.pull(queue(), 20_000)).isEmpty();
        clocks.pass(1 + ContinuousClock.BOOT_CLOCK_MILLIS);
        assertThat(server.pull(queue(), 20_000)).hasSize(1);
    }

    @Test
    void aMachineThatStartsTenDaysAheadDeletesNothingBeforeOrAfterTheCorrection() {
        server.push(queue(), "m");
        restartMachine(10 * DAY);
        assertThat(server.backlog(queue())).isOne();
        server.push(queue(), "n");
        clocks.pass(60 * SECOND);
        clocks.setWallRight();
        assertThat(server.backlog(queue())).isEqualTo(2);
        clocks.pass(2 * ClockGap.STEADY_MILLIS);
        assertThat(server.backlog(queue())).isEqualTo(2);
        restartMachine(0);
        clocks.pass(2 * ClockGap.STEADY_MILLIS);
        assertThat(server.backlog(queue())).isEqualTo(2);
    }

    @Test
    void afterTenDaysOfDowntimeExpiredMessagesAreDeletedOnceTheClockIsTrusted() {
        server.push(queue(), "m");
        stop();
        clocks.pass(10 * DAY);
        clocks.restart();
        start();
        assertThat(server.backlog(queue())).isOne();
        clocks.pass(ClockGap.STEADY_MILLIS);
        assertThat(server.backlog(queue())).isZero();
    }

    @Test
    void afterTenDaysOfDowntimeWithoutARebootExpiredMessagesAreDeletedAtOnce() {
        server.push(queue(), "m");
        stop();
        clocks.pass(10 * DAY);
        start();
        assertThat(server.backlog(queue())).isZero();
    }
}
