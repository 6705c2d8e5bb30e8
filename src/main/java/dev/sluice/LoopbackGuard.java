package dev.sluice;

import dev.sluice.config.ClusterConfig;
import dev.sluice.config.ServerConfig;
import dev.sluice.config.StorageConfig;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/**
 * Restricts a server without configured credentials to loopback addresses. Generated credentials are for the user who
 * started the server and can read its terminal. A server that other machines can reach must have configured
 * credentials.
 */
public final class LoopbackGuard {
    private LoopbackGuard() {}

    /**
     * Rejects an address that other machines can reach while no credential is configured. Blocks, because it resolves
     * the host name.
     *
     * @throws StartException if there is such an address; the message names the keys to set
     */
    static void refuseWithoutCredentials(ServerConfig config) {
        String host = config.http().host();
        if (config.auth().isEmpty() && !isLoopback(host)) {
            throw new StartException("http.host " + host + " can be reached by other machines, but no credential is"
                    + " configured; set auth.token, auth.tokens, or auth.email and auth.key");
        }
    }

    /**
     * Rejects an internal port that other machines can reach but that has no key, or no address for them.
     *
     * @throws StartException the message names the key to set
     */
    static void refuseOpenInternalPort(ServerConfig config) {
        ClusterConfig.InternalPort internal = config.cluster().internal();
        if (config.storage().engine() != StorageConfig.Engine.KAFKA || isLoopback(internal.host())) {
            return;
        }
        if (internal.key().isEmpty()) {
            throw new StartException("cluster.host " + internal.host()
                    + " can be reached by other machines, but there is no key for requests between nodes; set"
                    + " cluster.key, to the same secret on all nodes");
        }
        if (internal.address().isEmpty() && isWildcard(internal.host())) {
            throw new StartException("cluster.host " + internal.host()
                    + " is no address that other nodes could use; set cluster.address to one, as host:port");
        }
    }

    private static boolean isWildcard(String host) {
        try {
            return InetAddress.getByName(host).isAnyLocalAddress();
        } catch (UnknownHostException unknown) {
            return false;
        }
    }

    /**
     * Whether only this machine can reach a listener on that host. An unknown host name passes: the listener fails on
     * it with its own error. Blocks, because it resolves the name.
     */
    public static boolean isLoopback(String host) {
        try {
            return Arrays.stream(InetAddress.getAllByName(host)).allMatch(InetAddress::isLoopbackAddress);
        } catch (UnknownHostException unknown) {
            return true;
        }
    }
}
