package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.sluice.config.ConfigException;
import dev.sluice.config.ConfigLoader;
import dev.sluice.config.ServerConfig;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class ConfigReloadTest {
    private final List<String> applied = new ArrayList<>();
    private int read;

    @Test
    void everyPartGetsTheReloadedConfiguration() {
        ConfigReload reload = new ConfigReload(this::config)
                .with("one", config -> record("one", config))
                .with("two", config -> record("two", config));
        reload.begin();

        reload.request();
        reload.request();

        assertThat(applied).containsExactly("one 1", "two 1", "one 2", "two 2");
    }

    @Test
    void requestsBeforeTheServerIsReadyCauseOneReloadAfterwards() {
        ConfigReload reload = new ConfigReload(this::config);
        reload.request();
        reload.request();
        assertThat(read).isZero();

        reload.with("late", config -> record("late", config)).begin();

        assertThat(applied).containsExactly("late 1");
    }

    @Test
    void beginAndEndOfEachReloadAreReported() {
        ConfigReload reload = new ConfigReload(this::config)
                .with("part", config -> record("part", config))
                .reportTo(() -> applied.add("began"), () -> applied.add("ended"));
        reload.request();
        assertThat(applied).as("before the server is ready").isEmpty();

        reload.begin();

        assertThat(applied).containsExactly("began", "part 1", "ended");
    }

    @Test
    void aFailingPartDoesNotAffectTheOthers() {
        ConfigReload reload = new ConfigReload(this::config)
                .with("fails", config -> Future.failedFuture(new StartException("not now")))
                .with("throws", config -> {
                    throw new IllegalStateException("a bug");
                })
                .with("last", config -> record("last", config));
        reload.begin();

        reload.request();

        assertThat(applied).containsExactly("last 1");
    }

    @Test
    void aPartThatRefusesIsOneWarningWithoutAStackTrace() {
        Logger logger = (Logger) LoggerFactory.getLogger(ConfigReload.class);
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        logger.addAppender(log);
        try {
            ConfigReload reload = new ConfigReload(this::config)
                    .with("fails", config -> Future.failedFuture(new StartException("not now")))
                    .with("throws", config -> {
                        throw new StartException("by a restart only");
                    });
            reload.begin();
            reload.request();
        } finally {
            logger.detachAppender(log);
        }

        assertThat(log.list)
                .filteredOn(event -> event.getLevel().isGreaterOrEqual(Level.WARN))
                .allSatisfy(event -> {
                    assertThat(event.getLevel()).isEqualTo(Level.WARN);
                    assertThat(event.getThrowableProxy()).isNull();
                })
                .extracting(ILoggingEvent::getFormattedMessage)
                .containsExactly(
                        "fails cannot be reloaded and stays as it is: not now",
                        "throws cannot be reloaded and stays as it is: by a restart only");
    }

    @Test
    void anInvalidConfigurationChangesNothing() {
        ConfigReload reload = new ConfigReload(() -> {
                    throw new ConfigException("a wrong key");
                })
                .with("part", config -> record("part", config));
        reload.begin();

        reload.request();

        assertThat(applied).isEmpty();
    }

    @Test
    void aRequestDuringAReloadCausesAnotherReload() {
        ConfigReload reload = new ConfigReload(this::config);
        reload.with("part", config -> {
            if (applied.isEmpty()) {
                // Like a signal during a reload, which arrives on another thread.
                Thread signal = new Thread(reload::request);
                signal.start();
                try {
                    signal.join();
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            }
            return record("part", config);
        });
        reload.begin();

        reload.request();

        assertThat(applied).containsExactly("part 1", "part 2");
    }

    private ServerConfig config() {
        return ConfigLoader.load(null, Map.of(), List.of("http.port=" + ++read));
    }

    private Future<Void> record(String part, ServerConfig config) {
        applied.add(part + " " + config.http().port());
        return Future.succeededFuture();
    }
}
