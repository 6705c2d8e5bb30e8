package dev.sluice;

import dev.sluice.config.ServerConfig;
import dev.sluice.config.StorageConfig;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** Checks the listen addresses before anything is opened, so that a port in use changes nothing on disk. */
final class PortCheck {
    private PortCheck() {}

    /**
     * Binds both addresses and releases them at once.
     *
     * @throws StartException names the first address that cannot be bound
     */
    static void requireFree(ServerConfig config) {
        requireFree("http.port", config.http().host(), config.http().port());
        requireFree(
                "management.port",
                config.management().host(),
                config.management().port());
        if (config.storage().engine() == StorageConfig.Engine.KAFKA) {
            requireFree(
                    "cluster.port",
                    config.cluster().internal().host(),
                    config.cluster().internal().port());
        }
    }

    private static void requireFree(String key, String host, int port) {
        if (port == 0) {
            return;
        }
        try (ServerSocket listener = new ServerSocket()) {
            // The real listener sets this option too: closed connections of a stopped server do not block the port.
            listener.setReuseAddress(true);
            listener.bind(new InetSocketAddress(host, port));
        } catch (IOException failure) {
            throw StartException.listening(key, host, port, failure);
        }
    }
}
