package dev.sluice;

import static dev.sluice.RunningServer.ACCOUNT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.RunningServer.Reply;
import dev.sluice.store.rocksdb.StoreCheck;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A complete server on a disk that becomes full. */
class FullDiskTest {
    private static final int DISK_MEBIBYTES = 224;
    private static final long FREE_BYTES_MIN = 32L << 20;
    /** Room for the memtables that are not flushed yet, and for the writes between two checks of the free space. */
    private static final long FREE_BYTES_MIN_FOR_MESSAGES = 96L << 20;

    /** Large, because the reserved space of the log must be used up first. */
    private static final JsonObject MESSAGE =
            new JsonObject().put("body", "x".repeat(100_000)).put("content_type", "text");

    private final HttpClient http = HttpClient.newHttpClient();
    private SmallDisk disk;

    @BeforeEach
    void mount(@TempDir Path mountPoint) throws Exception {
        Optional<SmallDisk> mounted = SmallDisk.mount(mountPoint, DISK_MEBIBYTES);
        Requirement.check(mounted.isPresent(), "this process may not mount a file system to fill");
        disk = mounted.get();
    }

    @AfterEach
    void unmount() throws Exception {
        if (disk != null) {
            disk.close();
        }
    }

    @Test
    void pushesAreRejectedBeforeTheDiskIsFullAndOtherOperationsContinue() throws Exception {
        try (RunningServer server = serverWithFreeBytesMin(FREE_BYTES_MIN)) {
            assertThat(push(server).status()).isEqualTo(200);
            assertThat(push(server).status()).isEqualTo(200);

            disk.fillUpTo(FREE_BYTES_MIN - 1);
            await().until(() -> push(server).status() == 429);
            assertThat(push(server).code()).isEqualTo(10251);
            assertThat(ready(server).statusCode()).isEqualTo(200);
            String lease = pull(server, 1).getJsonObject(0).getString("lease_id");
            Reply acked = ack(server, lease);
            assertThat(acked.result().getInteger("ackCount")).isOne();

            disk.freeSpace();
            await().until(() -> push(server).status() == 200);
        }
        StoreCheck check = StoreCheck.run(data());
        assertThat(check.findings().kept()).isEmpty();
        assertThat(check.totals().messages()).isPositive();
    }

    @Test
    void acknowledgementsFreeSpaceForPushesOnADiskFullOfMessages() throws Exception {
        Random random = new Random(1);
        int pushed = 0;
        try (RunningServer server = serverWithFreeBytesMin(FREE_BYTES_MIN_FOR_MESSAGES)) {
            for (Reply reply = push(server, random); reply.status() == 200; reply = push(server, random)) {
                pushed++;
            }
            assertThat(push(server).code()).isEqualTo(10251);
            assertThat(pushed).isGreaterThan(200);
            assertThat(backlog(server)).isEqualTo(pushed);

            int kept = 10;
            for (int acked = 0; acked < pushed - kept; acked++) {
                String lease = pull(server, 1).getJsonObject(0).getString("lease_id");
                assertThat(ack(server, lease).status()).isEqualTo(200);
            }
            await().until(() -> push(server).status() == 200);
            assertThat(backlog(server)).isEqualTo(kept + 1);
        }
        StoreCheck check = StoreCheck.run(data());
        assertThat(check.findings().kept()).isEmpty();
    }

    @Test
    void aStoreThatCannotWriteIsUnreadyAndRecoversWhenThereIsSpace() throws Exception {
        int confirmed = 0;
        int rejectedPushes = 0;
        try (RunningServer server = serverWithFreeBytesMin(0)) {
            for (int round = 1; round <= 2; round++) {
                assertThat(push(server).status()).isEqualTo(200);
                confirmed++;

                disk.fillUpTo(0);
                Reply rejected = push(server);
                while (rejected.status() == 200) {
                    confirmed++;
                    rejected = push(server);
                }
                rejectedPushes++;
                assertThat(rejected.status()).isEqualTo(503);
                assertThat(rejected.code()).isEqualTo(15001);
                assertThat(ready(server).statusCode()).isEqualTo(503);
                assertThat(new JsonObject(ready(server).body()).getString("reason"))
                        .contains("space");
                assertThat(metrics(server)).contains("sluice_store_failed 1.0");
                await().until(() ->
                        new JsonObject(ready(server).body()).getString("reason").contains("waiting for room"));
                assertThat(push(server).status()).as("no room, no push").isEqualTo(503);

                disk.freeSpace();
                await().until(() -> ready(server).statusCode() == 200);
                assertThat(metrics(server))
                        .contains("sluice_store_failed 0.0", "sluice_store_reopenings_total " + round + ".0");
                await().until(() -> push(server).status() == 200);
                confirmed++;
            }
            assertThat(backlog(server)).isBetween(confirmed, confirmed + rejectedPushes);
            assertThat(pull(server, 100)).hasSizeGreaterThan(2);
        }
        try (RunningServer server = serverWithFreeBytesMin(0)) {
            assertThat(backlog(server)).isBetween(confirmed, confirmed + rejectedPushes);
        }
        assertThat(StoreCheck.run(data()).findings().kept()).isEmpty();
    }

    @Test
    void aDiskFilledByOtherProcessesStopsPushesAndKeepsConfirmedAcknowledgements() throws Exception {
        int pushed = 0;
        int acked = 0;
        try (RunningServer server = serverWithFreeBytesMin(FREE_BYTES_MIN)) {
            for (; pushed < 200; pushed++) {
                assertThat(push(server).status()).isEqualTo(200);
            }
            disk.fillUpTo(0);
            await().until(() -> push(server).status() == 429);
            for (int round = 0; round < 10; round++) {
                for (Object message : pull(server, 10)) {
                    String lease = ((JsonObject) message).getString("lease_id");
                    if (ack(server, lease).status() == 200) {
                        acked++;
                    }
                }
            }
            assertThat(acked).as("acknowledgements go on in the log's reserve").isPositive();
            disk.freeSpace();
            await().until(() -> push(server).status() == 200);
            assertThat(backlog(server)).isGreaterThan(pushed - acked).isLessThan(pushed + 10);
            pushed = backlog(server);
        }
        try (RunningServer server = serverWithFreeBytesMin(FREE_BYTES_MIN)) {
            assertThat(backlog(server)).isEqualTo(pushed);
        }
        assertThat(StoreCheck.run(data()).findings().kept()).isEmpty();
    }

    private static Reply ack(RunningServer server, String lease) throws Exception {
        JsonObject body = new JsonObject().put("acks", new JsonArray().add(new JsonObject().put("lease_id", lease)));
        return server.post(ACCOUNT, "one", "/ack", body);
    }

    /** Messages of a pull; empty if the pull was rejected. */
    private static JsonArray pull(RunningServer server, int count) throws Exception {
        Reply pulled = server.post(ACCOUNT, "one", "/pull", new JsonObject().put("batch_size", count));
        return pulled.status() == 200 ? pulled.result().getJsonArray("messages") : new JsonArray();
    }

    private static int backlog(RunningServer server) throws Exception {
        String metrics = "/accounts/" + ACCOUNT + "/queues/" + server.queueId(ACCOUNT, "one") + "/metrics";
        return server.send("GET", metrics, RunningServer.bearer(RunningServer.READER), null)
                .result()
                .getInteger("backlog_count");
    }

    private RunningServer serverWithFreeBytesMin(long bytes) throws Exception {
        return new RunningServer(
                "storage.engine=rocksdb", "storage.directory=" + data(), "storage.free_bytes_min=" + bytes);
    }

    private Path data() {
        return disk.directory().resolve("data");
    }

    /** Pushes a body that cannot be compressed. */
    private static Reply push(RunningServer server, Random random) throws Exception {
        byte[] bytes = new byte[75_000];
        random.nextBytes(bytes);
        String body = Base64.getEncoder().encodeToString(bytes);
        return server.post(
                ACCOUNT, "one", "", new JsonObject().put("body", body).put("content_type", "text"));
    }

    private static Reply push(RunningServer server) throws Exception {
        return server.post(ACCOUNT, "one", "", MESSAGE);
    }

    private HttpResponse<String> ready(RunningServer server) throws Exception {
        return management(server, "/health/ready");
    }

    private String metrics(RunningServer server) throws Exception {
        return management(server, "/metrics").body();
    }

    private HttpResponse<String> management(RunningServer server, String path) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + server.managementPort() + path);
        return http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
    }
}
