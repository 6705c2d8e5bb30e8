package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import dev.sluice.config.LogFormat;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class LogLayoutTest {
    private final LogLayout layout = new LogLayout();

    @Test
    void anEventIsOneLineWithUtcTimeLevelAndClass() {
        assertThat(layout.doLayout(event(Level.INFO, null)))
                .isEqualTo("2026-11-25T07:19:14.120Z INFO  Speaker - 3 of 4" + System.lineSeparator());
        assertThat(layout.doLayout(event(Level.ERROR, null))).contains("Z ERROR Speaker");
    }

    @Test
    void aFailureIsShownWithItsCauses() {
        Exception failure = new IllegalStateException("outer", new IllegalArgumentException("inner"));

        assertThat(layout.doLayout(event(Level.WARN, failure)).lines().skip(1))
                .startsWith("java.lang.IllegalStateException: outer")
                .anyMatch(line -> line.startsWith("\tat dev.sluice.cli.LogLayoutTest."))
                .contains("Caused by: java.lang.IllegalArgumentException: inner");
    }

    @Test
    void asJsonEveryEventIsOneLineWhateverItsMessageIs() {
        layout.format(LogFormat.JSON);
        Exception failure = new IllegalStateException("line 1\nline 2 \u001b[31m");
        String line = layout.doLayout(event(Level.WARN, failure));

        assertThat(line.lines()).hasSize(1);
        assertThat(line).doesNotContain("\u001b");
        JsonObject event = new JsonObject(line);
        assertThat(event.getString("time")).isEqualTo("2026-11-25T07:19:14.120Z");
        assertThat(event.getString("level")).isEqualTo("WARN");
        assertThat(event.getString("logger")).isEqualTo("dev.example.Speaker");
        assertThat(event.getString("message")).isEqualTo("3 of 4");
        assertThat(event.getString("stack_trace")).startsWith("java.lang.IllegalStateException: line 1\nline 2");
    }

    private static LoggingEvent event(Level level, Throwable failure) {
        Object[] arguments = {3, 4};
        LoggingEvent event = new LoggingEvent(
                "", new LoggerContext().getLogger("dev.example.Speaker"), level, "{} of {}", failure, arguments);
        event.setInstant(Instant.parse("2026-11-25T07:19:14.120Z"));
        return event;
    }
}
