package dev.sluice;

import dev.sluice.config.ServerConfig;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** Looks at the addresses before anything is opened, so that a port in use changes nothing on disk. */
final class PortCheck {
    private PortCheck() {}

    /**
     * Tries both listeners for a moment.
     *
     * @throws StartException naming the first address on which it cannot be listened
     */
    static void requireFree(ServerConfig config) {
        requireFree("http.port", config.http().host(), config.http().port());
        requireFree(
                "management.port",
                config.management().host(),
                config.management().port());
    }

    private static void requireFree(String key, String host, int port) {
        if (port == 0) {
            return;
        }
        try (ServerSocket listener = new ServerSocket()) {
            // As the listener itself does: connections of a server that has just stopped are no obstacle.
            listener.setReuseAddress(true);
            listener.bind(new InetSocketAddress(host, port));
        } catch (IOException failure) {
            throw StartException.listening(key, host, port, failure);
        }
    }
}
