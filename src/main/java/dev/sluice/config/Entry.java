package dev.sluice.config;

import dev.sluice.config.ValueType.Unfit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One map inside a structured value: reads its fields by type and refuses those it does not know. */
final class Entry {
    private final String path;
    private final Map<?, ?> fields;

    private Entry(String path, Map<?, ?> fields) {
        this.path = path;
        this.fields = fields;
    }

    /** The map at {@code path}, with no field but these. */
    static Entry of(Object raw, String path, List<String> names) throws Unfit {
        if (!(raw instanceof Map<?, ?> map)) {
            throw new Unfit(path, "must be a map of " + String.join(", ", names));
        }
        for (Object name : map.keySet()) {
            if (!names.contains(name)) {
                throw new Unfit(
                        path,
                        "has an unknown field '" + name + "'; did you mean '"
                                + NearestName.of(String.valueOf(name), names) + "'?");
            }
        }
        return new Entry(path, map);
    }

    /** The entries of the list that {@code raw} must be. */
    static List<Entry> list(Object raw, List<String> names) throws Unfit {
        if (!(raw instanceof List<?> list)) {
            throw new Unfit();
        }
        List<Entry> entries = new ArrayList<>(list.size());
        for (Object element : list) {
            entries.add(of(element, "[" + entries.size() + "]", names));
        }
        return entries;
    }

    /** The entries of the map that {@code raw} must be, by their names. */
    static Map<String, Entry> map(Object raw, List<String> names) throws Unfit {
        if (!(raw instanceof Map<?, ?> map)) {
            throw new Unfit();
        }
        Map<String, Entry> entries = new LinkedHashMap<>();
        for (Map.Entry<?, ?> element : map.entrySet()) {
            if (!(element.getKey() instanceof String name) || name.isEmpty()) {
                throw new Unfit("", "has a name that is not text: '" + element.getKey() + "' (put it in quotes)");
            }
            entries.put(name, of(element.getValue(), "." + name, names));
        }
        return entries;
    }

    /** The map in a field; empty if the field is absent. */
    Optional<Entry> child(String name, List<String> names) throws Unfit {
        Object raw = fields.get(name);
        return raw == null ? Optional.empty() : Optional.of(of(raw, path + "." + name, names));
    }

    /** The value of a field; {@code absent} if it is not there. */
    <T> T get(String name, ValueType<T> type, T absent) throws Unfit {
        Object raw = fields.get(name);
        if (raw == null) {
            return absent;
        }
        try {
            return type.parse(raw);
        } catch (Unfit unfit) {
            throw refuse(name, "must be " + type.expectation());
        }
    }

    /** The value of a field that must be there. */
    <T> T require(String name, ValueType<T> type) throws Unfit {
        T value = get(name, type, null);
        if (value == null) {
            throw refuse(name, "is missing");
        }
        return value;
    }

    /** The elements of a list in a field; null if the field is absent. */
    List<?> elements(String name) throws Unfit {
        Object raw = fields.get(name);
        if (raw != null && !(raw instanceof List<?>)) {
            throw refuse(name, "must be a list");
        }
        return (List<?>) raw;
    }

    /** What to throw when a field is wrong. */
    Unfit refuse(String name, String detail) {
        return new Unfit(path + "." + name, detail);
    }
}
