package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.ConfigException;
import dev.sluice.config.ConfigLoader;
import dev.sluice.config.ServerConfig;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

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
