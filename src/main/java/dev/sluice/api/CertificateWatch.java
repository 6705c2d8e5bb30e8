package dev.sluice.api;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.net.ServerSSLOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes a new certificate, or other authorities of clients, into use when the files change, without a restart: connections that are open go on with the old one,
 * later ones get the new one. Files that do not fit together, as between two copies, change nothing; they are looked at again when
 * they change again. Owned by one event loop; its timer ends with the verticle.
 */
final class CertificateWatch {
    private static final long LOOK_MILLIS = 2_000;
    private static final Logger LOG = LoggerFactory.getLogger(CertificateWatch.class);

    private final HttpServer server;
    private final ServerSSLOptions options;
    private final List<Path> files;
    private String seen;
    private boolean looking;

    /**
     * A watch that is not started.
     *
     * @param options what the server listens with; they name the files
     */
    CertificateWatch(HttpServer server, ServerSSLOptions options, HttpSettings.Tls tls) {
        this.server = server;
        this.options = options;
        this.files = Stream.of(
                        tls.certificatePath(),
                        tls.keyPath(),
                        tls.clients() == null ? null : tls.clients().authoritiesPath())
                .filter(Objects::nonNull)
                .map(Path::of)
                .toList();
        this.seen = stateOf(files);
    }

    /** Starts, unless another event loop watches already: all of them share one listener, and two updates at once collide. */
    void start(Vertx vertx) {
        if (vertx.sharedData()
                        .<String, Boolean>getLocalMap(CertificateWatch.class.getName())
                        .putIfAbsent("on", true)
                == null) {
            vertx.setPeriodic(LOOK_MILLIS, timer -> look(vertx));
        }
    }

    private void look(Vertx vertx) {
        if (looking) {
            return;
        }
        looking = true;
        vertx.executeBlocking(() -> stateOf(files)).onComplete(state -> {
            looking = false;
            if (state.succeeded() && !state.result().equals(seen)) {
                seen = state.result();
                reload();
            }
        });
    }

    private void reload() {
        // The options are the same, only what the files hold is not; so Vert.x has to be forced to look.
        server.updateSSLOptions(options, true)
                .onSuccess(changed -> LOG.info("The certificate in {} was loaded again", files.get(0)))
                .onFailure(failure -> LOG.warn(
                        "The changed certificate in {} cannot be used, the old one stays: {}",
                        files.get(0),
                        failure.getMessage()));
    }

    /** Differs when a file was written again; empty parts for files that are not there at the moment. */
    private static String stateOf(List<Path> files) {
        StringBuilder state = new StringBuilder();
        for (Path file : files) {
            try {
                state.append(Files.getLastModifiedTime(file)).append('/').append(Files.size(file));
            } catch (IOException absent) {
                state.append('-');
            }
            state.append(' ');
        }
        return state.toString();
    }
}
