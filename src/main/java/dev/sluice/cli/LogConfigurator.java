package dev.sluice.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import ch.qos.logback.core.spi.ContextAwareBase;
import dev.sluice.api.http.AccessLog;
import dev.sluice.config.LogFormat;
import dev.sluice.config.LogLevel;
import dev.sluice.runtime.queue.MessageLog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Configures the log: one line per event on standard error. Logback loads this class through the service loader, which
 * is faster than parsing XML. {@code -Dlogback.configurationFile} takes precedence, and so does a {@code logback.xml} or
 * {@code logback-test.xml} of the class path.
 */
public final class LogConfigurator extends ContextAwareBase implements Configurator {
    private static final LogLayout LAYOUT = new LogLayout();

    @Override
    public ExecutionStatus configure(LoggerContext logs) {
        if (System.getProperty("logback.configurationFile") != null || isEmbedded()) {
            return ExecutionStatus.INVOKE_NEXT_IF_ANY;
        }
        LayoutWrappingEncoder<ILoggingEvent> encoder = new LayoutWrappingEncoder<>();
        encoder.setContext(logs);
        encoder.setLayout(LAYOUT);
        encoder.start();
        ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
        appender.setContext(logs);
        appender.setName("stderr");
        appender.setTarget("System.err");
        appender.setEncoder(encoder);
        appender.start();
        logs.getLogger(Logger.ROOT_LOGGER_NAME).setLevel(Level.WARN);
        logs.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(appender);
        logs.getLogger("dev.sluice").setLevel(Level.INFO);
        // What it contains is configured elsewhere.
        logs.getLogger(AccessLog.LOGGER).setLevel(Level.INFO);
        // This logger prints the beginning of bodies.
        logs.getLogger(MessageLog.LOGGER).setLevel(Level.OFF);
        // This logger prints the bytes of clients that do not speak HTTP. That could fill the log and disclose
        // credentials.
        logs.getLogger("io.vertx.core.net.impl.ConnectionBase").setLevel(Level.OFF);
        // Kafka's clients log each attempt to connect. The store reports what it means, once.
        logs.getLogger("org.apache.kafka").setLevel(Level.OFF);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    /** Whether the process has a log configuration of its own, as a test suite that starts servers may have. */
    private static boolean isEmbedded() {
        ClassLoader loader = LogConfigurator.class.getClassLoader();
        return loader.getResource("logback-test.xml") != null || loader.getResource("logback.xml") != null;
    }

    /** Turns the log of messages on. */
    static void logMessages() {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext logs) {
            logs.getLogger(MessageLog.LOGGER).setLevel(Level.INFO);
        }
    }

    /** Sets how events are written. */
    static void format(LogFormat format) {
        LAYOUT.format(format);
    }

    /** Sets the level of Sluice's own loggers. Libraries stay at level WARN. */
    static void level(LogLevel level) {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext logs) {
            logs.getLogger("dev.sluice").setLevel(Level.valueOf(level.name()));
        }
    }
}
