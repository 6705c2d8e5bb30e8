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
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Protects the management port from web pages. A page in a browser on this machine can send requests to it: with its
 * {@code Origin}, or, by DNS rebinding, with its own name as {@code Host}. Both are rejected at every endpoint.
 */
final class RequestGuard {
    private static final Pattern PORT = Pattern.compile(":[0-9]{0,5}");
    private static final int PORT_MAX = 65_535;

    private final Set<String> hostNames;

    /** A guard that accepts IP addresses, localhost and these names as Host; names are case-insensitive. */
    RequestGuard(Collection<String> hostNames) {
        this.hostNames = hostNames.stream().map(RequestGuard::normalized).collect(Collectors.toUnmodifiableSet());
    }

    /** The response that rejects a request; null if the request is acceptable. */
    @Nullable
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
        int end = nameEnd(host);
        String name = host.substring(0, end);
        if (!isPortOrNothing(host.substring(end))) {
            return false;
        }
        if (name.startsWith("[") && name.endsWith("]")) {
            return name.indexOf('%') < 0 && NetUtil.isValidIpV6Address(name.substring(1, name.length() - 1));
        }
        String normalized = normalized(name);
        return NetUtil.isValidIpV4Address(name) || normalized.equals("localhost") || hostNames.contains(normalized);
    }

    /** The index after the name: the first colon that is not part of an address in brackets. */
    private static int nameEnd(String host) {
        int colon = host.indexOf(':', Math.max(0, host.indexOf(']')));
        return colon < 0 ? host.length() : colon;
    }

    /** Whether the text is empty, or a colon and a port; the port may be empty (RFC 3986 3.2.3). */
    private static boolean isPortOrNothing(String text) {
        return text.isEmpty() || PORT.matcher(text).matches() && portOf(text) <= PORT_MAX;
    }

    private static int portOf(String text) {
        return text.length() == 1 ? 0 : Integer.parseInt(text.substring(1));
    }

    /** Host names are case-insensitive, and a trailing dot does not change the name. */
    private static String normalized(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
    }
}
