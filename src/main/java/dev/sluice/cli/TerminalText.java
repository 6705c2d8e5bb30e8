package dev.sluice.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine;

/** Text for terminals: tables, and names and bodies that may contain control characters. */
final class TerminalText {
    private static final int KILO = 1_000;
    private static final String[] UNITS = {"B", "kB", "MB", "GB", "TB"};

    private TerminalText() {}

    /** Whether output goes to a terminal, where a line may be written over. */
    static boolean isTerminal() {
        return CommandLine.Help.Ansi.AUTO.enabled();
    }

    /**
     * Replaces control characters, direction marks and unpaired surrogates by escapes as in JSON, so that text of a
     * message cannot control the terminal. Line feeds and tabs become escapes too.
     */
    static String visible(String text) {
        return escaped(text, false);
    }

    /** The same, but with line feeds and tabs as they are. */
    static String visibleLines(String text) {
        return escaped(text, true);
    }

    private static String escaped(String text, boolean keepsLines) {
        if (text.chars().allMatch(c -> c >= ' ' && c <= '~')) {
            return text;
        }
        StringBuilder safe = new StringBuilder(text.length());
        text.codePoints().forEach(codePoint -> {
            boolean kept = keepsLines && (codePoint == '\n' || codePoint == '\t');
            if (kept || !isUnsafe(codePoint)) {
                safe.appendCodePoint(codePoint);
            } else {
                for (char c : Character.toChars(codePoint)) {
                    safe.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
                }
            }
        });
        return safe.toString();
    }

    private static boolean isUnsafe(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> true;
            default -> false;
        };
    }

    /** A size with a unit. */
    static String bytes(long bytes) {
        double size = bytes;
        int unit = 0;
        while (size >= KILO && unit < UNITS.length - 1) {
            size /= KILO;
            unit++;
        }
        return unit == 0 ? bytes + " B" : String.format(Locale.ROOT, "%.1f %s", size, UNITS[unit]);
    }

    /** A duration with its largest unit. */
    static String duration(long millis) {
        long seconds = Math.max(0, millis / 1000);
        if (seconds < 60) {
            return seconds + " s";
        }
        if (seconds < 3600) {
            return seconds / 60 + " min";
        }
        return seconds < 86_400 ? seconds / 3600 + " h" : seconds / 86_400 + " d";
    }

    /** Columns of equal width, the first row as the head; columns that begin with '>' there are right-aligned. */
    static List<String> table(List<List<String>> rows) {
        List<String> head = rows.get(0);
        int[] widths = new int[head.size()];
        for (int column = 0; column < widths.length; column++) {
            for (List<String> row : rows) {
                widths[column] = Math.max(widths[column], cell(row.get(column)).length());
            }
        }
        List<String> lines = new ArrayList<>(rows.size());
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < widths.length; column++) {
                String cell = cell(row.get(column));
                String padding = " ".repeat(widths[column] - cell.length());
                boolean right = head.get(column).startsWith(">");
                line.append(right ? padding + cell : cell + padding).append("  ");
            }
            lines.add(line.toString().stripTrailing());
        }
        return lines;
    }

    private static String cell(String text) {
        return text.startsWith(">") ? text.substring(1) : text;
    }
}
