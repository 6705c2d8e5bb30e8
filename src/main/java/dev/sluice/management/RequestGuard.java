package dev.sluice.management;

import io.netty.util.NetUtil;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Protects the management port from web pages. A page in a browser on this machine can send requests to it: with its
 * {@code Origin}, or, by DNS rebinding, with its own name as {@code Host}. Both are rejected at every endpoint.
 */
final class RequestGuard {
    private final Set<String> hostNames;

    /** A guard that accepts IP addresses, localhost and these names as Host; names are case-insensitive. */
    RequestGuard(Collection<String> hostNames) {
        this.hostNames = hostNames.stream().map(RequestGuard::normalized).collect(Collectors.toUnmodifiableSet());
    }

    /** The response that rejects a request; null if the request is acceptable. */
    ManagementResponse rejectionOf(HttpServerRequest request) {
        if (!request.uri().startsWith("/")) {
            return ManagementResponse.line(400, "the request target must be a path");
        }
        if (request.headers().contains(HttpHeaders.ORIGIN)) {
            return ManagementResponse.line(403, "requests of web pages, which have an Origin, are refused");
        }
        List<String> hosts = request.headers().getAll(HttpHeaders.HOST);
        if (hosts.size() > 1 || hosts.isEmpty() && request.version() != HttpVersion.HTTP_1_0) {
            return ManagementResponse.line(400, "there must be exactly one Host header");
        }
        // Old health checks of proxies send HTTP/1.0 without Host; browsers always send one.
        if (hosts.isEmpty() || isAllowed(hosts.get(0))) {
            return null;
        }
        return ManagementResponse.line(
                421, "this Host is neither an IP address nor localhost; set management.host_names to allow a name");
    }

    /** Whether the client is on this machine. */
    static boolean isFromThisMachine(HttpServerRequest request) {
        byte[] address = NetUtil.createByteArrayFromIpAddressString(
                String.valueOf(request.remoteAddress().hostAddress()));
        try {
            return address != null && InetAddress.getByAddress(address).isLoopbackAddress();
        } catch (UnknownHostException neither4Nor6) {
            return false;
        }
    }

    private boolean isAllowed(String host) {
        String name = withoutPort(host);
        if (name.startsWith("[") && name.endsWith("]")) {
            return NetUtil.isValidIpV6Address(name.substring(1, name.length() - 1));
        }
        String normalized = normalized(name);
        return NetUtil.isValidIpV4Address(name) || normalized.equals("localhost") || hostNames.contains(normalized);
    }

    private static String withoutPort(String host) {
        int colon = host.lastIndexOf(':');
        return colon < 0 || host.endsWith("]") ? host : host.substring(0, colon);
    }

    /** Host names are case-insensitive, and a trailing dot does not change the name. */
    private static String normalized(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
    }
}
