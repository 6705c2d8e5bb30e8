package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import dev.sluice.config.LogFormat;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.event.KeyValuePair;

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

    @Test
    void fieldsFollowTheMessageAndAreFieldsOfTheJsonObject() {
        LoggingEvent event = event(Level.INFO, null);
        event.setKeyValuePairs(List.of(
                new KeyValuePair("request_id", "abc-1"),
                new KeyValuePair("status", 404),
                new KeyValuePair("principal", "the \"first\" = x")));
        assertThat(layout.doLayout(event).strip())
                .endsWith(" - 3 of 4 request_id=abc-1 status=404 principal=\"the \\\"first\\\" = x\"");
        layout.format(LogFormat.JSON);
        assertThat(new JsonObject(layout.doLayout(event)))
                .contains(Map.entry("request_id", "abc-1"), Map.entry("status", 404));
    }

    /** Escape sequences of terminals, with one and two bytes; a line feed; marks that change the direction of text. */
    @ParameterizedTest
    @ValueSource(strings = {"\u001b[2J", "\u009b31m", "a\nWARN forged", "\u202egnp.exe", "\u2028", "\u007f", "\ud800"})
    void whatNamesAndBodiesContainIsHarmless(String hostile) {
        for (LogFormat format : LogFormat.values()) {
            layout.format(format);
            LoggingEvent event = eventWith(Level.WARN, new IllegalStateException(hostile), hostile);
            event.setKeyValuePairs(List.of(new KeyValuePair("queue", hostile)));
            String text = layout.doLayout(event);
            assertThat(text.chars().filter(c -> c != '\n' && c != '\t'))
                    .allMatch(c -> c >= ' ' && c <= '~' || Character.isLetter(c));
            assertThat(text.lines().skip(1)).noneMatch(line -> line.startsWith("WARN"));
            assertThat(text.lines().findFirst().orElseThrow()).contains("Speaker");
        }
        layout.format(LogFormat.JSON);
        String json = layout.doLayout(eventWith(Level.WARN, null, hostile));
        assertThat(json.lines()).hasSize(1);
        if (!hostile.equals("\ud800")) {
            assertThat(new JsonObject(json).getString("message")).isEqualTo("3 of " + hostile);
        }
    }

    private static LoggingEvent eventWith(Level level, Throwable failure, String argument) {
        return eventOf(level, failure, 3, argument);
    }

    private static LoggingEvent event(Level level, Throwable failure) {
        return eventOf(level, failure, 3, 4);
    }

    private static LoggingEvent eventOf(Level level, Throwable failure, Object... arguments) {
        LoggingEvent event = new LoggingEvent(
                "", new LoggerContext().getLogger("dev.example.Speaker"), level, "{} of {}", failure, arguments);
        event.setInstant(Instant.parse("2026-11-25T07:19:14.120Z"));
        return event;
    }
}
