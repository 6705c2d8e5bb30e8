package dev.sluice.wrangler;

import dev.sluice.config.ConfigException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A table of a configuration file. Reads its fields by type; an error names file, line and key. */
final class SourceTable {
    private final Path file;
    private final String key;
    private final int line;
    private final Map<?, ?> fields;

    private SourceTable(Path file, String key, int line, Map<?, ?> fields) {
        this.file = file;
        this.key = key;
        this.line = line;
        this.fields = fields;
    }

    /** The table that is the whole document. */
    static SourceTable document(Path file, SourceValue document) {
        return of(file, "", document);
    }

    private static SourceTable of(Path file, String key, SourceValue source) {
        if (source.value() instanceof Map<?, ?> fields) {
            return new SourceTable(file, key, source.line(), fields);
        }
        throw new ConfigException(file + ":" + source.line() + ": " + (key.isEmpty() ? "the document" : key)
                + " must be a table, not " + shown(source.value()));
    }

    /** The table in a field; empty if the field is absent or null. */
    Optional<SourceTable> table(String name) {
        SourceValue source = field(name);
        return source == null ? Optional.empty() : Optional.of(of(file, pathOf(name), source));
    }

    /** The tables in a list; empty if the field is absent or null. */
    List<SourceTable> tables(String name) {
        SourceValue source = field(name);
        if (source == null) {
            return List.of();
        }
        if (!(source.value() instanceof List<?> elements)) {
            throw invalid(name, "must be a list of tables, not " + shown(source.value()));
        }
        List<SourceTable> tables = new ArrayList<>();
        for (Object element : elements) {
            tables.add(of(file, pathOf(name) + "[" + tables.size() + "]", (SourceValue) element));
        }
        return tables;
    }

    /** The text in a field; empty if the field is absent or null. */
    Optional<String> text(String name) {
        SourceValue source = field(name);
        if (source == null) {
            return Optional.empty();
        }
        if (source.value() instanceof String text) {
            return Optional.of(text);
        }
        throw invalid(name, "must be text, not " + shown(source.value()));
    }

    /** A whole number in an inclusive range; empty if the field is absent or null. */
    Optional<Integer> number(String name, int min, int max) {
        SourceValue source = field(name);
        if (source == null) {
            return Optional.empty();
        }
        if (source.value() instanceof Number number
                && number.doubleValue() == Math.rint(number.doubleValue())
                && number.doubleValue() >= min
                && number.doubleValue() <= max) {
            return Optional.of(number.intValue());
        }
        throw invalid(name, "must be a whole number from " + min + " to " + max + ", not " + shown(source.value()));
    }

    /** A number of seconds in an inclusive range, in milliseconds; empty if the field is absent or null. */
    Optional<Integer> seconds(String name, int maxMillis) {
        SourceValue source = field(name);
        if (source == null) {
            return Optional.empty();
        }
        if (source.value() instanceof Number number
                && number.doubleValue() >= 0
                && number.doubleValue() * 1_000 <= maxMillis) {
            return Optional.of((int) Math.round(number.doubleValue() * 1_000));
        }
        throw invalid(
                name, "must be a number of seconds from 0 to " + maxMillis / 1_000 + ", not " + shown(source.value()));
    }

    /** The names of the fields, in the order of the file. */
    List<String> names() {
        return fields.keySet().stream().map(String::valueOf).toList();
    }

    /** A line for each field that is not among the known ones. */
    List<String> notesOnUnknownFields(Set<String> known) {
        return fields.entrySet().stream()
                .filter(field -> !known.contains(field.getKey()))
                .map(field -> file + ":" + ((SourceValue) field.getValue()).line() + ": "
                        + pathOf(String.valueOf(field.getKey())) + " is unknown and ignored")
                .toList();
    }

    /** The error for a field that is there; {@code detail} follows its name. */
    ConfigException invalid(String name, String detail) {
        SourceValue source = field(name);
        return new ConfigException(
                file + ":" + (source == null ? line : source.line()) + ": " + pathOf(name) + " " + detail);
    }

    private @Nullable SourceValue field(String name) {
        SourceValue source = (SourceValue) fields.get(name);
        return source == null || source.value() == null ? null : source;
    }

    private String pathOf(String name) {
        return key.isEmpty() ? name : key + "." + name;
    }

    private static String shown(@Nullable Object value) {
        if (value instanceof Map<?, ?>) {
            return "a table";
        }
        if (value instanceof List<?>) {
            return "a list";
        }
        String text = String.valueOf(value).replaceAll("\\s+", " ");
        return '\'' + (text.length() > 60 ? text.substring(0, 60) + "…" : text) + '\'';
    }
}
