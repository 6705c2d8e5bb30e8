package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** No credential, token or message body appears in the log, at any level. */
class DiscreetLogTest {
    private static final String BODY = "a-body-that-must-stay-secret";

    private final LoggerContext logs = (LoggerContext) LoggerFactory.getILoggerFactory();
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private final OutputStreamAppender<ILoggingEvent> appender = new OutputStreamAppender<>();
    private Level levelBefore;

    @BeforeEach
    void captureLog() {
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(logs);
        encoder.setPattern("%level %logger %msg %xEx%n");
        encoder.start();
        appender.setContext(logs);
        appender.setEncoder(encoder);
        appender.setOutputStream(written);
        appender.start();
        rootLogger().addAppender(appender);
        levelBefore = sluiceLogger().getLevel();
        sluiceLogger().setLevel(Level.TRACE);
    }

    @AfterEach
    void releaseLog() {
        sluiceLogger().setLevel(levelBefore);
        rootLogger().detachAppender(appender);
    }

    @Test
    void theLogContainsNoCredentialNoTokenAndNoBody() throws Exception {
        String lease;
        try (RunningServer server = new RunningServer()) {
            lease = useAndMisuse(server);
        }
        sluiceLogger().info("the log is being read");

        String log = written.toString(StandardCharsets.UTF_8);
        assertThat(log).contains("the log is being read");
        for (String secret : List.of(
                BODY,
                lease,
                RunningServer.WRITER,
                RunningServer.READER,
                RunningServer.STRANGER,
                RunningServer.KEY,
                "a-wrong-secret")) {
            assertThat(log).doesNotContain(secret);
        }
    }

    private static String useAndMisuse(RunningServer server) throws Exception {
        String account = RunningServer.ACCOUNT;
        JsonObject message = new JsonObject().put("body", BODY).put("content_type", "text");
        server.post(account, "one", "", message);
        server.post(account, "one", "/batch", new JsonObject().put("messages", new JsonArray().add(message)));
        String lease = server.post(account, "one", "/pull", new JsonObject())
                .result()
                .getJsonArray("messages")
                .getJsonObject(0)
                .getString("lease_id");
        server.post(account, "two", "/ack", new JsonObject().put("acks", leases(lease)));
        server.post(account, "one", "/ack", new JsonObject().put("acks", leases(lease)));
        String push = "/accounts/" + account + "/queues/" + server.queueId(account, "one") + "/messages";
        for (String broken : List.of("{\"body\":\"" + BODY, "{\"body\":\"" + BODY + "\",\"delay_seconds\":-1}", BODY)) {
            server.send("POST", push, RunningServer.bearer(RunningServer.WRITER), broken);
        }
        server.send("POST", push, RunningServer.bearer("a-wrong-secret"), message.encode());
        server.send("POST", push, RunningServer.bearer(RunningServer.READER), message.encode());
        server.send("POST", push, RunningServer.bearer(RunningServer.STRANGER), message.encode());
        server.send(
                "POST",
                push + "?" + BODY + "=" + BODY,
                Map.of("X-Auth-Email", RunningServer.EMAIL, "X-Auth-Key", "a-wrong-secret"),
                message.encode());
        return lease;
    }

    private static JsonArray leases(String lease) {
        return new JsonArray().add(new JsonObject().put("lease_id", lease));
    }

    private Logger rootLogger() {
        return logs.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    }

    private Logger sluiceLogger() {
        return logs.getLogger("dev.sluice");
    }
}
