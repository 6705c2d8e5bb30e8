package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.RunningServer.Reply;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RedriveRestartTest {
    private static final String ACCOUNT = RunningServer.ACCOUNT;
    private static final Map<String, String> WRITER = RunningServer.bearer(RunningServer.WRITER);

    @TempDir
    Path directory;

    private RunningServer start() throws Exception {
        return new RunningServer("storage.engine=rocksdb", "storage.directory=" + directory.resolve("data"));
    }

    private static JsonObject read(RunningServer server, String path) throws Exception {
        return server.sendTo("GET", path, WRITER, null).result();
    }

    @Test
    void aRedriveContinuesAfterARestart() throws Exception {
        String path;
        try (RunningServer server = start()) {
            for (int i = 0; i < 4; i++) {
                server.post(ACCOUNT, "one", "", new JsonObject().put("body", i));
            }
            JsonObject spec =
                    new JsonObject().put("destination_queue_name", "two").put("messages_per_second", 1);
            String redrives =
                    "/sluice/v1/accounts/" + ACCOUNT + "/queues/" + server.queueId(ACCOUNT, "one") + "/redrives";
            Reply started = server.sendTo("POST", redrives, WRITER, spec.encode());
            path = "/sluice/v1/accounts/" + ACCOUNT + "/redrives/"
                    + started.result().getString("redrive_id");
            assertThat(read(server, path).getString("status")).isEqualTo("running");
        }
        try (RunningServer server = start()) {
            JsonObject ended = Awaitility.await()
                    .until(() -> read(server, path), redrive -> !redrive.getString("status")
                            .equals("running"));
            assertThat(ended.getString("status")).isEqualTo("completed");
            assertThat(ended.getInteger("moved")).isEqualTo(4);
            assertThat(server.post(ACCOUNT, "two", "/peek", new JsonObject().put("batch_size", 10))
                            .result()
                            .getJsonArray("messages"))
                    .hasSize(4);
        }
    }
}
