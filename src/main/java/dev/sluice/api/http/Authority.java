package dev.sluice.api.http;

import dev.sluice.api.json.Utf8Text;
import io.netty.util.NetUtil;

/**
 * The authority of a URL, as in a Host header, an {@code :authority} pseudo-header or a request target (RFC 3986 3.2,
 * RFC 9110 4.2). Pure.
 */
final class Authority {
    private static final int PORT_MAX = 65_535;
    private static final int PORT_DIGITS_MAX = 5;

    private Authority() {}

    /**
     * Whether the text is a host, optionally with a colon and a port. User information is not allowed, and the host
     * must not be empty.
     */
    static boolean isValid(CharSequence text) {
        int end = hostEnd(text);
        return end > 0 && (end == text.length() || text.charAt(end) == ':' && isPort(text, end + 1));
    }

    /** Whether the text is a host and a port, as CONNECT requires. */
    static boolean isValidWithPort(CharSequence text) {
        int end = hostEnd(text);
        return end > 0 && end < text.length() - 1 && isValid(text);
    }

    /** The index after the host, or -1 if there is none. */
    private static int hostEnd(CharSequence text) {
        int length = text.length();
        if (length > 0 && text.charAt(0) == '[') {
            int close = 1;
            while (close < length && text.charAt(close) != ']') {
                close++;
            }
            return close < length && isIpv6(text.subSequence(1, close)) ? close + 1 : -1;
        }
        int at = 0;
        while (at < length && text.charAt(at) != ':') {
            char c = text.charAt(at);
            if (c == '%') {
                if (at + 2 >= length || !isHex(text.charAt(at + 1)) || !isHex(text.charAt(at + 2))) {
                    return -1;
                }
                at += 2;
            } else if (!isNameCharacter(c)) {
                return -1;
            }
            at++;
        }
        return at;
    }

    /** An IPv6 address without a zone, which has no meaning to another machine. */
    private static boolean isIpv6(CharSequence address) {
        return address.toString().indexOf('%') < 0 && NetUtil.isValidIpV6Address(address);
    }

    /** An empty port is valid and means the default. */
    private static boolean isPort(CharSequence text, int from) {
        int digits = text.length() - from;
        if (digits > PORT_DIGITS_MAX) {
            return false;
        }
        int port = 0;
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9') {
                return false;
            }
            port = port * 10 + c - '0';
        }
        return port <= PORT_MAX;
    }

    private static boolean isHex(char c) {
        return c < 0x80 && Utf8Text.hexValue((byte) c) >= 0;
    }

    /** Unreserved characters and sub-delimiters. */
    private static boolean isNameCharacter(char c) {
        return c >= 'a' && c <= 'z'
                || c >= 'A' && c <= 'Z'
                || c >= '0' && c <= '9'
                || c < 0x80 && "-._~!$&'()*+,;=".indexOf(c) >= 0;
    }
}
