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
    void everyPartGetsTheConfigurationThatWasReadAgain() {
        ConfigReload reload = new ConfigReload(this::config)
                .with("one", config -> note("one", config))
                .with("two", config -> note("two", config));
        reload.begin();

        reload.request();
        reload.request();

        assertThat(applied).containsExactly("one 1", "two 1", "one 2", "two 2");
    }

    @Test
    void requestsBeforeItIsReadyCauseOneReloadAfterwards() {
        ConfigReload reload = new ConfigReload(this::config);
        reload.request();
        reload.request();
        assertThat(read).isZero();

        reload.with("late", config -> note("late", config)).begin();

        assertThat(applied).containsExactly("late 1");
    }

    @Test
    void aPartThatFailsDoesNotKeepTheOthersFromTheirs() {
        ConfigReload reload = new ConfigReload(this::config)
                .with("fails", config -> Future.failedFuture(new StartException("not now")))
                .with("throws", config -> {
                    throw new IllegalStateException("a bug");
                })
                .with("last", config -> note("last", config));
        reload.begin();

        reload.request();

        assertThat(applied).containsExactly("last 1");
    }

    @Test
    void aConfigurationThatCannotBeUsedChangesNothing() {
        ConfigReload reload = new ConfigReload(() -> {
                    throw new ConfigException("a wrong key");
                })
                .with("part", config -> note("part", config));
        reload.begin();

        reload.request();

        assertThat(applied).isEmpty();
    }

    @Test
    void aRequestWhileOneIsCarriedOutIsCarriedOutAfterIt() {
        ConfigReload reload = new ConfigReload(this::config);
        reload.with("part", config -> {
            if (applied.isEmpty()) {
                // As a signal that comes meanwhile, on a thread of its own.
                Thread signal = new Thread(reload::request);
                signal.start();
                try {
                    signal.join();
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            }
            return note("part", config);
        });
        reload.begin();

        reload.request();

        assertThat(applied).containsExactly("part 1", "part 2");
    }

    private ServerConfig config() {
        return ConfigLoader.load(null, Map.of(), List.of("http.port=" + ++read));
    }

    private Future<Void> note(String part, ServerConfig config) {
        applied.add(part + " " + config.http().port());
        return Future.succeededFuture();
    }
}
