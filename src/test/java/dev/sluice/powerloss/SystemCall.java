package dev.sluice.powerloss;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A completed system call, as printed by strace.
 *
 * @param name the name of the call
 * @param arguments as printed, strings with their quotes
 * @param result the return value; negative on failure
 * @param enteredLine the line of the trace at which the call started; lines are in the order of events
 * @param endedLine the line at which the call returned
 * @param endedMicros when the call returned, in microseconds since the epoch
 */
record SystemCall(
        String name, List<String> arguments, long result, long enteredLine, long endedLine, long endedMicros) {

    /** The bytes of a string argument. */
    byte[] bytes(int index) {
        return unescape(arguments.get(index));
    }

    /** A string argument that names a file. */
    String path(int index) {
        return new String(bytes(index), StandardCharsets.UTF_8);
    }

    /** A file descriptor; -1 if the argument is none, such as AT_FDCWD. */
    int descriptor(int index) {
        String text = arguments.get(index);
        int end = text.indexOf('<');
        String digits = end < 0 ? text : text.substring(0, end);
        return digits.matches("\\d+") ? Integer.parseInt(digits) : -1;
    }

    /** The path of a file descriptor; empty if the argument is none. */
    String descriptorPath(int index) {
        String text = arguments.get(index);
        int start = text.indexOf("<\\x");
        return start < 0
                ? ""
                : new String(
                        unescape('"' + text.substring(start + 1, text.length() - 1) + '"'), StandardCharsets.UTF_8);
    }

    long number(int index) {
        return Long.decode(arguments.get(index));
    }

    boolean has(int index, String flag) {
        return List.of(arguments.get(index).split("\\|")).contains(flag);
    }

    /** Splits the text between the parentheses. All strings are hexadecimal, so they contain no quote and no comma. */
    static List<String> split(String text) {
        List<String> parts = new ArrayList<>();
        int depth = 0;
        int start = 0;
        for (int i = 0; i < text.length(); i++) {
            switch (text.charAt(i)) {
                case '{', '[' -> depth++;
                case '}', ']' -> depth--;
                case ',' -> {
                    if (depth == 0) {
                        parts.add(text.substring(start, i).strip());
                        start = i + 1;
                    }
                }
                default -> {
                    // Part of an argument.
                }
            }
        }
        parts.add(text.substring(start).strip());
        return parts;
    }

    private static byte[] unescape(String quoted) {
        if (!quoted.startsWith("\"") || !quoted.endsWith("\"")) {
            throw new IllegalStateException(
                    "not a whole string: " + quoted.substring(0, Math.min(80, quoted.length())));
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(quoted.length() / 4);
        for (int i = 1; i < quoted.length() - 1; i += 4) {
            if (quoted.charAt(i) != '\\' || quoted.charAt(i + 1) != 'x') {
                throw new IllegalStateException("not in hexadecimal: " + quoted);
            }
            bytes.write(Character.digit(quoted.charAt(i + 2), 16) << 4 | Character.digit(quoted.charAt(i + 3), 16));
        }
        return bytes.toByteArray();
    }
}
