package dev.sluice;

import dev.sluice.config.ServerConfig;
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
