package dev.sluice.queue;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A position in a distributed trace, as the headers {@code traceparent} and {@code tracestate} of W3C Trace Context carry
 * it. A message keeps the one that it was published with.
 *
 * @param traceIdHigh first 8 bytes of the trace id
 * @param traceIdLow last 8 bytes of the trace id; an id of zeros is invalid
 * @param spanId never 0
 * @param flags {@link #SAMPLED} and {@link #RANDOM}; others are not kept
 * @param state {@code tracestate} without optional spaces, at most {@value #STATE_CHARS_MAX} printable ASCII characters;
 *     empty if there is none
 */
public record TraceContext(long traceIdHigh, long traceIdLow, long spanId, int flags, String state) {
    /** The flag of a span that its creator records. */
    public static final int SAMPLED = 1;
    /** The flag of a trace id that is random. */
    public static final int RANDOM = 2;

    public static final int STATE_CHARS_MAX = 512;
    /** Characters of {@link #traceparent}. */
    public static final int TRACEPARENT_CHARS = 55;

    private static final int STATE_MEMBERS_MAX = 32;
    private static final Pattern TRACEPARENT =
            Pattern.compile("([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?");
    private static final Pattern STATE_MEMBER =
            Pattern.compile("([a-z0-9][a-z0-9_\\-*/]{0,255}|[a-z0-9][a-z0-9_\\-*/]{0,240}@[a-z][a-z0-9_\\-*/]{0,13})"
                    + "=[ -+\\--<>-~]{0,255}[!-+\\--<>-~]");
    /** A longer header is not read; only a later version may have more than {@link #TRACEPARENT_CHARS}. */
    private static final int HEADER_CHARS_MAX = 512;

    private static final int HEADER_STATE_CHARS_MAX = 4096;

    public TraceContext {
        if (state.length() > STATE_CHARS_MAX) {
            throw new IllegalArgumentException("a trace state has " + state.length() + " characters");
        }
    }

    /**
     * The context of two headers, or null if {@code traceparent} is malformed. A malformed {@code tracestate} is dropped,
     * and so are the members at its end that would make it too long. Never throws.
     *
     * @param tracestate several headers of that name joined with commas; null if there is none
     */
    public static @Nullable TraceContext parse(String traceparent, @Nullable String tracestate) {
        if (traceparent.length() < TRACEPARENT_CHARS || traceparent.length() > HEADER_CHARS_MAX) {
            return null;
        }
        var matcher = TRACEPARENT.matcher(traceparent);
        if (!matcher.matches()) {
            return null;
        }
        String version = matcher.group(1);
        boolean tooLong = version.equals("00") && traceparent.length() > TRACEPARENT_CHARS;
        String traceId = matcher.group(2);
        long high = HexFormat.fromHexDigitsToLong(traceId, 0, 16);
        long low = HexFormat.fromHexDigitsToLong(traceId, 16, 32);
        long spanId = HexFormat.fromHexDigitsToLong(matcher.group(3));
        if (version.equals("ff") || tooLong || (high | low) == 0 || spanId == 0) {
            return null;
        }
        int flags = HexFormat.fromHexDigits(matcher.group(4)) & (SAMPLED | RANDOM);
        return new TraceContext(high, low, spanId, flags, tracestate == null ? "" : state(tracestate));
    }

    /** The list without optional spaces and empty members, or an empty text if it is malformed. */
    private static String state(String header) {
        if (header.length() > HEADER_STATE_CHARS_MAX) {
            return "";
        }
        StringBuilder state = new StringBuilder();
        Set<String> keys = new HashSet<>();
        boolean full = false;
        for (String each : header.split(",", -1)) {
            String member = stripped(each);
            if (member.isEmpty()) {
                continue;
            }
            if (!STATE_MEMBER.matcher(member).matches()
                    || !keys.add(member.substring(0, member.indexOf('=')))
                    || keys.size() > STATE_MEMBERS_MAX) {
                return "";
            }
            int chars = member.length() + (state.isEmpty() ? 0 : 1);
            full |= state.length() + chars > STATE_CHARS_MAX;
            if (!full) {
                state.append(state.isEmpty() ? "" : ",").append(member);
            }
        }
        return state.toString();
    }

    /** Without the optional white space of HTTP, which is spaces and tabs. */
    private static String stripped(String text) {
        int from = 0;
        int to = text.length();
        while (from < to && (text.charAt(from) == ' ' || text.charAt(from) == '\t')) {
            from++;
        }
        while (to > from && (text.charAt(to - 1) == ' ' || text.charAt(to - 1) == '\t')) {
            to--;
        }
        return text.substring(from, to);
    }

    /** Whether the creator of the span records it. */
    public boolean isSampled() {
        return (flags & SAMPLED) != 0;
    }

    /** 32 lower-case hexadecimal digits. */
    public String traceId() {
        HexFormat hex = HexFormat.of();
        return hex.toHexDigits(traceIdHigh) + hex.toHexDigits(traceIdLow);
    }

    /** 16 lower-case hexadecimal digits. */
    public String spanIdText() {
        return HexFormat.of().toHexDigits(spanId);
    }

    /** The header {@code traceparent}, {@value #TRACEPARENT_CHARS} characters. */
    public String traceparent() {
        return "00-" + traceId() + "-" + spanIdText() + "-" + HexFormat.of().toHexDigits((byte) flags);
    }

    /** The state as bytes, one for each character. */
    public byte[] stateBytes() {
        return state.getBytes(StandardCharsets.US_ASCII);
    }
}
