package dev.sluice.config;

import dev.sluice.config.ValueType.InvalidValueException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The types of scalar values. */
final class ValueTypes {
    private static final Pattern DURATION = Pattern.compile("(\\d{1,9})\\s*(ms|s|m|h)");
    private static final Pattern BYTES = Pattern.compile("(\\d{1,18})\\s*(|KiB|MiB|GiB)");
    private static final Pattern PERCENT = Pattern.compile("(\\d{1,2})\\s*%");

    private ValueTypes() {}

    /** Any text. */
    static ValueType<String> text() {
        return of("text (in quotes if it looks like a number)", false, raw -> raw instanceof String s ? s : null);
    }

    /** Text that matches a regular expression as a whole. */
    static ValueType<String> matching(String expectation, String regex) {
        Pattern pattern = Pattern.compile(regex);
        return of(
                expectation,
                false,
                raw -> raw instanceof String s && pattern.matcher(s).matches() ? s : null);
    }

    /** A secret of visible ASCII characters. */
    static ValueType<Secret> secret() {
        return of(
                "text of visible ASCII characters (in quotes if it looks like a number)",
                true,
                raw -> raw instanceof String s && s.chars().allMatch(c -> c > ' ' && c < 0x7f) ? new Secret(s) : null);
    }

    static ValueType<Path> path() {
        return of("a path", false, raw -> {
            if (!(raw instanceof String text)) {
                return null;
            }
            try {
                return Path.of(text);
            } catch (InvalidPathException e) {
                if (text.chars().allMatch(c -> c < 0x80)) {
                    return null;
                }
                throw new InvalidValueException(
                        null,
                        "has characters that file names cannot have in this locale; LC_ALL=C.UTF-8 is one in which they can");
            }
        });
    }

    static ValueType<Boolean> bool() {
        return of("true or false", false, raw -> switch (String.valueOf(raw)) {
            case "true" -> Boolean.TRUE;
            case "false" -> Boolean.FALSE;
            default -> null;
        });
    }

    /** A whole number in an inclusive range. */
    static ValueType<Integer> integer(int min, int max) {
        return of("a whole number from " + min + " to " + max, false, raw -> {
            Long value = wholeNumber(raw);
            return value == null || value < min || value > max ? null : Integer.valueOf(value.intValue());
        });
    }

    /** A duration with its unit; the value is in milliseconds. */
    static ValueType<Long> duration(long minMillis, long maxMillis) {
        String expectation =
                "a time like 500ms, 30s, 5m or 2h, from " + formatMillis(minMillis) + " to " + formatMillis(maxMillis);
        return of(expectation, false, raw -> {
            Matcher matcher = DURATION.matcher(String.valueOf(raw));
            if (!matcher.matches()) {
                return null;
            }
            long millis = Long.parseLong(matcher.group(1)) * millisPer(matcher.group(2));
            return millis < minMillis || millis > maxMillis ? null : Long.valueOf(millis);
        });
    }

    /** A number of bytes, with or without a unit. */
    static ValueType<Long> bytes(long min) {
        return of("a number of bytes like 65536, 64KiB, 64MiB or 1GiB, at least " + min, false, raw -> {
            Long bytes = byteCount(raw);
            return bytes == null || bytes < min ? null : bytes;
        });
    }

    /** A number of bytes, with or without a unit, or a percentage of the heap. */
    static ValueType<Long> bytesOrHeapShare(long min) {
        return of("a number of bytes like 64MiB, at least " + min + ", or a share of the heap like 25%", false, raw -> {
            Matcher percent = PERCENT.matcher(String.valueOf(raw));
            if (percent.matches()) {
                long share = Runtime.getRuntime().maxMemory() / 100 * Integer.parseInt(percent.group(1));
                return Integer.parseInt(percent.group(1)) == 0 ? null : Long.valueOf(Math.max(min, share));
            }
            Long bytes = byteCount(raw);
            return bytes == null || bytes < min ? null : bytes;
        });
    }

    /** One of the constants of an enum, written in lower case. */
    static <E extends Enum<E>> ValueType<E> oneOf(Class<E> constants) {
        List<E> all = List.of(constants.getEnumConstants());
        StringBuilder names = new StringBuilder();
        for (E constant : all) {
            String separator = names.isEmpty() ? "" : constant == all.get(all.size() - 1) ? " or " : ", ";
            names.append(separator).append(nameOf(constant));
        }
        // In YAML, off without quotes is a boolean.
        return of(names.toString(), false, raw -> all.stream()
                .filter(constant -> nameOf(constant).equals(Boolean.FALSE.equals(raw) ? "off" : raw))
                .findFirst()
                .orElse(null));
    }

    private static String nameOf(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private static @Nullable Long wholeNumber(Object raw) {
        if (raw instanceof Integer || raw instanceof Long) {
            return ((Number) raw).longValue();
        }
        return raw instanceof String s && s.matches("-?\\d{1,18}") ? Long.valueOf(s) : null;
    }

    private static @Nullable Long byteCount(Object raw) {
        Matcher matcher = BYTES.matcher(String.valueOf(raw));
        if (!matcher.matches()) {
            return null;
        }
        long count = Long.parseLong(matcher.group(1));
        long unit = bytesPer(matcher.group(2));
        return count > Long.MAX_VALUE / unit ? null : Long.valueOf(count * unit);
    }

    private static long millisPer(String unit) {
        return switch (unit) {
            case "ms" -> 1;
            case "s" -> 1_000;
            case "m" -> 60_000;
            case "h" -> 3_600_000;
            default -> throw new IllegalArgumentException(unit);
        };
    }

    private static long bytesPer(String unit) {
        return switch (unit) {
            case "" -> 1;
            case "KiB" -> 1L << 10;
            case "MiB" -> 1L << 20;
            case "GiB" -> 1L << 30;
            default -> throw new IllegalArgumentException(unit);
        };
    }

    private static String formatMillis(long millis) {
        if (millis % 3_600_000 == 0) {
            return millis / 3_600_000 + "h";
        }
        return millis % 1_000 == 0 ? millis / 1_000 + "s" : millis + "ms";
    }

    @FunctionalInterface
    private interface Parser<T> {
        @Nullable
        T parse(Object raw) throws InvalidValueException;
    }

    /** A type whose parser returns null for an invalid value. */
    private static <T> ValueType<T> of(String expectation, boolean secret, Parser<T> parser) {
        return new ValueType<>() {
            @Override
            public T parse(Object raw) throws InvalidValueException {
                T value = parser.parse(raw);
                if (value == null) {
                    throw new InvalidValueException();
                }
                return value;
            }

            @Override
            public String expectation() {
                return expectation;
            }

            @Override
            public boolean secret() {
                return secret;
            }
        };
    }
}
