package dev.sluice.cli;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.LayoutBase;
import dev.sluice.config.LogFormat;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.slf4j.event.KeyValuePair;

/**
 * Formats a log event: {@code 2026-11-25T07:19:14.120Z INFO QueueDeployer - message}, then its fields as {@code
 * key=value}, then the stack trace if there is one. Logback's pattern layout does the same, but its initialization takes
 * longer. Or as a JSON object in one line. Names and bodies in an event can neither control a terminal nor look like
 * another event.
 */
final class LogLayout extends LayoutBase<ILoggingEvent> {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);
    private static final int LEVEL_WIDTH = 5;
    /** A value that needs no quotes. */
    private static final Pattern PLAIN = Pattern.compile("[^\\s\"=\\\\]+");

    private volatile LogFormat format = LogFormat.TEXT;

    void format(LogFormat newFormat) {
        format = newFormat;
    }

    @Override
    public String doLayout(ILoggingEvent event) {
        return format == LogFormat.JSON ? json(event) : text(event);
    }

    private static String json(ILoggingEvent event) {
        JsonObject line = new JsonObject()
                .put("time", TIME.format(Instant.ofEpochMilli(event.getTimeStamp())))
                .put("level", event.getLevel().toString())
                .put("logger", event.getLoggerName())
                .put("message", event.getFormattedMessage());
        for (KeyValuePair field : fieldsOf(event)) {
            line.put(field.key, field.value);
        }
        if (event.getThrowableProxy() != null) {
            line.put("stack_trace", ThrowableProxyUtil.asString(event.getThrowableProxy()));
        }
        return TerminalText.visible(line.encode()) + System.lineSeparator();
    }

    private static String text(ILoggingEvent event) {
        StringBuilder line = new StringBuilder(128);
        TIME.formatTo(Instant.ofEpochMilli(event.getTimeStamp()), line);
        String level = event.getLevel().toString();
        line.append(' ').append(level).append(" ".repeat(LEVEL_WIDTH - level.length()));
        String logger = event.getLoggerName();
        line.append(' ').append(logger, logger.lastIndexOf('.') + 1, logger.length());
        line.append(" - ").append(TerminalText.visible(event.getFormattedMessage()));
        for (KeyValuePair field : fieldsOf(event)) {
            line.append(' ')
                    .append(field.key)
                    .append('=')
                    .append(quoted(TerminalText.visible(String.valueOf(field.value))));
        }
        line.append(System.lineSeparator());
        if (event.getThrowableProxy() != null) {
            line.append(indented(TerminalText.visibleLines(ThrowableProxyUtil.asString(event.getThrowableProxy()))));
        }
        return line.toString();
    }

    private static List<KeyValuePair> fieldsOf(ILoggingEvent event) {
        List<KeyValuePair> fields = event.getKeyValuePairs();
        return fields == null ? List.of() : fields;
    }

    private static String quoted(String value) {
        return PLAIN.matcher(value).matches()
                ? value
                : '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    /** The message of an exception may have lines of its own. None of them may look like the beginning of an event. */
    private static String indented(String trace) {
        StringBuilder text = new StringBuilder(trace.length());
        trace.lines().forEach(line -> {
            boolean ofTrace = text.isEmpty() || line.startsWith("\t") || line.startsWith("Caused by: ");
            text.append(ofTrace ? "" : "\t").append(line).append(System.lineSeparator());
        });
        return text.toString();
    }
}
