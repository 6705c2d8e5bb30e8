package dev.sluice.config;

import dev.sluice.config.ValueType.InvalidValueException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One map inside a structured value. Reads its fields by type and rejects unknown ones. */
final class ConfigMap {
    private final String path;
    private final Map<?, ?> fields;

    private ConfigMap(String path, Map<?, ?> fields) {
        this.path = path;
        this.fields = fields;
    }

    /** The map at {@code path}, which may have only the fields in {@code names}. */
    static ConfigMap of(@Nullable Object raw, String path, List<String> names) throws InvalidValueException {
        if (!(raw instanceof Map<?, ?> map)) {
            throw new InvalidValueException(path, "must be a map of " + String.join(", ", names));
        }
        for (Object name : map.keySet()) {
            if (!names.contains(name)) {
                throw new InvalidValueException(
                        path,
                        "has an unknown field '" + name + "'; did you mean '"
                                + NameSuggestion.of(String.valueOf(name), names) + "'?");
            }
        }
        return new ConfigMap(path, map);
    }

    /** The entries of {@code raw}, which must be a list of at most {@code entriesMax}. */
    static List<ConfigMap> list(Object raw, List<String> names, int entriesMax) throws InvalidValueException {
        if (!(raw instanceof List<?> list)) {
            throw new InvalidValueException();
        }
        requireAtMost(entriesMax, list.size(), "");
        List<ConfigMap> entries = new ArrayList<>(list.size());
        for (Object element : list) {
            entries.add(of(element, "[" + entries.size() + "]", names));
        }
        return entries;
    }

    /** The entries of {@code raw}, which must be a map of at most {@code entriesMax}, by their names. */
    static Map<String, ConfigMap> map(Object raw, List<String> names, int entriesMax) throws InvalidValueException {
        if (!(raw instanceof Map<?, ?> map)) {
            throw new InvalidValueException();
        }
        requireAtMost(entriesMax, map.size(), "");
        Map<String, ConfigMap> entries = new LinkedHashMap<>();
        for (Map.Entry<?, ?> element : map.entrySet()) {
            if (!(element.getKey() instanceof String name) || name.isEmpty()) {
                throw new InvalidValueException(
                        "", "has a name that is not text: '" + element.getKey() + "' (put it in quotes)");
            }
            entries.put(name, of(element.getValue(), "." + name, names));
        }
        return entries;
    }

    /** Rejects a list or a map with too many entries. */
    static void requireAtMost(int entriesMax, int entries, String path) throws InvalidValueException {
        if (entries > entriesMax) {
            throw new InvalidValueException(path, "must have at most " + entriesMax + " entries, not " + entries);
        }
    }

    /** The map in a field; empty if the field is absent. */
    Optional<ConfigMap> child(String name, List<String> names) throws InvalidValueException {
        Object raw = fields.get(name);
        return raw == null ? Optional.empty() : Optional.of(of(raw, path + "." + name, names));
    }

    /** The value of a field; empty if the field is absent. */
    <T> Optional<T> find(String name, ValueType<T> type) throws InvalidValueException {
        Object raw = fields.get(name);
        if (raw == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(type.parse(raw));
        } catch (InvalidValueException invalid) {
            throw invalidField(name, "must be " + type.expectation());
        }
    }

    /** The value of a required field. */
    <T> T require(String name, ValueType<T> type) throws InvalidValueException {
        return find(name, type).orElseThrow(() -> invalidField(name, "is missing"));
    }

    /** The elements of a list in a field; empty if the field is absent. */
    List<?> elements(String name) throws InvalidValueException {
        Object raw = fields.get(name);
        if (raw == null) {
            return List.of();
        }
        if (!(raw instanceof List<?> list)) {
            throw invalidField(name, "must be a list");
        }
        return list;
    }

    /** An exception for an invalid field. */
    InvalidValueException invalidField(String name, String detail) {
        return new InvalidValueException(path + "." + name, detail);
    }
}
