package dev.sluice;

import dev.sluice.config.ServerConfig;
import io.vertx.core.Future;
import java.security.SecureRandom;
import java.util.Optional;

/** The composition root: opens in order, closes in reverse. */
public final class Server {
    private final Optional<Installation> installation;

    private Server(Optional<Installation> installation) {
        this.installation = installation;
    }

    /** Opens everything; completes when requests are answered. */
    public static Future<Server> start(ServerConfig config) {
        return Future.succeededFuture(new Server(
                config.auth().isEmpty()
                        ? Optional.of(Installation.open(config.storage(), new SecureRandom()))
                        : Optional.empty()));
    }

    /** The port of the API. */
    public int port() {
        return 0;
    }

    /** The generated account and token, if no credentials are configured. */
    public Optional<Installation> installation() {
        return installation;
    }

    /** Closes everything; completes when the store is closed. */
    public Future<Void> close() {
        return Future.succeededFuture();
    }
}
