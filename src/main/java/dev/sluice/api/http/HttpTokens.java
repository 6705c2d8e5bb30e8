package dev.sluice.api.http;

/** Tokens of HTTP: methods and field names (RFC 9110 5.6.2). Pure. */
final class HttpTokens {
    private static final boolean[] ALLOWED = new boolean[128];

    static {
        for (char c = '!'; c <= '~'; c++) {
            ALLOWED[c] = "\"(),/:;<=>?@[\\]{}".indexOf(c) < 0;
        }
    }

    private HttpTokens() {}

    /** Whether these bytes are a token. */
    static boolean isToken(byte[] bytes, int start, int length) {
        for (int i = start; i < start + length; i++) {
            if (bytes[i] < 0 || !ALLOWED[bytes[i]]) {
                return false;
            }
        }
        return length > 0;
    }

    /** Whether this text is a token. */
    static boolean isToken(CharSequence text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= ALLOWED.length || !ALLOWED[c]) {
                return false;
            }
        }
        return text.length() > 0;
    }
}
