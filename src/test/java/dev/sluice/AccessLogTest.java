package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.sluice.api.http.AccessLog;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** The access log of a real server. */
class AccessLogTest {
    private static final String QUEUES = "/accounts/" + RunningServer.ACCOUNT + "/queues";
    private static final Map<String, String> WRITER = RunningServer.bearer(RunningServer.WRITER);

    private final Logger logger = (Logger) LoggerFactory.getLogger(AccessLog.LOGGER);
    private final List<ILoggingEvent> lines = new CopyOnWriteArrayList<>();
    private final CountDownLatch outputIsSlow = new CountDownLatch(1);
    private boolean blocks;

    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            lines.add(event);
            if (blocks) {
                try {
                    outputIsSlow.await();
                } catch (InterruptedException stopped) {
                    Thread.currentThread().interrupt();
                }
            }
        }
    };

    @BeforeEach
    void capture() {
        appender.start();
        logger.addAppender(appender);
        logger.setAdditive(false);
    }

    @AfterEach
    void release() {
        outputIsSlow.countDown();
        logger.detachAppender(appender);
        logger.setAdditive(true);
    }

    private static Map<String, Object> fields(ILoggingEvent event) {
        return event.getKeyValuePairs().stream().collect(Collectors.toMap(pair -> pair.key, pair -> pair.value));
    }

    private Map<String, Object> line(int index) {
        await().until(() -> lines.size() > index);
        return fields(lines.get(index));
    }

    @Test
    void everyRequestHasALineWithWhoAskedForWhatAndWhatCameOut() throws Exception {
        try (RunningServer server = new RunningServer("log.access=all")) {
            String queueId = server.queueId(RunningServer.ACCOUNT, "one");
            String body = "{\"body\":\"hello\"}";
            RunningServer.Reply pushed = server.send("POST", QUEUES + "/" + queueId + "/messages", WRITER, body);
            server.send("GET", QUEUES + "?secret=x", Map.of("authorization", "Bearer wrong"), null);
            server.sendTo("GET", "/nowhere", Map.of(), null);

            assertThat(line(1))
                    .containsEntry("method", "POST")
                    .containsEntry("path", "/client/v4" + QUEUES + "/" + queueId + "/messages")
                    .containsEntry("status", 200)
                    .containsEntry("principal", "writer")
                    .containsEntry("account", RunningServer.ACCOUNT)
                    .containsEntry("queue", "one")
                    .containsEntry("client", "127.0.0.1")
                    .containsEntry("bytes_in", (long) body.length())
                    .containsEntry(
                            "bytes_out", (long) pushed.envelope().encode().length());
            assertThat((Double) line(1).get("millis")).isPositive();
            assertThat(line(2))
                    .containsEntry("status", 403)
                    .containsEntry("path", "/client/v4" + QUEUES)
                    .doesNotContainKeys("principal", "queue");
            assertThat(line(3)).containsEntry("status", 404).containsEntry("path", "/nowhere");
        }
    }

    @Test
    void onlyErrorsOrNothingIfSoConfigured() throws Exception {
        try (RunningServer server = new RunningServer("log.access=errors")) {
            server.send("GET", QUEUES, WRITER, null);
            server.send("POST", QUEUES, RunningServer.bearer(RunningServer.READER), "{}");
            assertThat(line(0)).containsEntry("status", 403).containsEntry("principal", "reader");
        }
        assertThat(lines).hasSize(1);
        try (RunningServer server = new RunningServer("log.access=off")) {
            server.sendTo("GET", "/nowhere", Map.of(), null);
        }
        assertThat(lines).hasSize(1);
    }

    @Test
    void aSlowOutputStopsNoRequestAndWhatIsDroppedIsCounted() throws Exception {
        blocks = true;
        int more = 50;
        try (RunningServer server = new RunningServer("log.access=all")) {
            // One line is being written, the others wait.
            int requests = AccessLog.PENDING_MAX + 1 + more;
            for (int i = 0; i < requests; i++) {
                server.sendTo("GET", "/nowhere", Map.of(), null);
                if (i == 0) {
                    line(0);
                }
            }
            assertThat(dropped(server)).isEqualTo(more);
            outputIsSlow.countDown();
            await().until(() -> lines.size() == requests - more);
        }
    }

    private static long dropped(RunningServer server) throws Exception {
        String metrics = RequestIdTest.exchange(
                server.managementPort(), "GET /metrics HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
        return metrics.lines()
                .filter(line -> line.startsWith("sluice_access_log_dropped_total "))
                .map(line -> (long) Double.parseDouble(line.substring(line.indexOf(' ') + 1)))
                .findFirst()
                .orElseThrow();
    }

    /** What is written at a stop is not lost. */
    @Test
    void linesThatWaitAreWrittenWhenTheServerStops() throws Exception {
        try (RunningServer server = new RunningServer("log.access=all")) {
            for (int i = 0; i < 20; i++) {
                server.post(RunningServer.ACCOUNT, "two", "", new JsonObject().put("body", i));
            }
        }
        // Each push looks for the id of the queue before.
        assertThat(lines).hasSize(40);
    }
}
