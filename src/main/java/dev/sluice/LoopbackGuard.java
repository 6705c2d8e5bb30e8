package dev.sluice;

import dev.sluice.config.ServerConfig;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/**
 * Whether the API may listen where it is told to. Made credentials are for whoever started the server and reads its terminal; a
 * server that others can reach must have ones that somebody chose.
 */
final class LoopbackGuard {
    private LoopbackGuard() {}

    /**
     * Refuses an address that other machines can reach while no credential is configured. Asks the resolver for the host, so it blocks.
     *
     * @throws StartException with the keys to set
     */
    static void refuseWithoutCredentials(ServerConfig config) {
        String host = config.http().host();
        if (config.auth().isEmpty() && !isLoopback(host)) {
            throw new StartException("http.host " + host + " can be reached by other machines, but no credential is"
                    + " configured; set auth.token, auth.tokens, or auth.email and auth.key");
        }
    }

    /** A name nobody knows is not for us to judge: listening on it fails. */
    private static boolean isLoopback(String host) {
        try {
            return Arrays.stream(InetAddress.getAllByName(host)).allMatch(InetAddress::isLoopbackAddress);
        } catch (UnknownHostException unknown) {
            return true;
        }
    }
}
