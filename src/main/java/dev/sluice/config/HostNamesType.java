package dev.sluice.config;

import java.util.ArrayList;
import java.util.List;

/** The value of {@code management.host_names}: names without a port. */
final class HostNamesType implements ValueType<List<String>> {
    private static final int NAMES_MAX = 100;
    private static final String NAME = "[A-Za-z0-9_]([A-Za-z0-9_.-]{0,252})";

    @Override
    public List<String> parse(Object raw) throws InvalidValueException {
        if (!(raw instanceof List<?> elements)) {
            throw new InvalidValueException();
        }
        ConfigMap.requireAtMost(NAMES_MAX, elements.size(), "");
        List<String> names = new ArrayList<>();
        for (Object element : elements) {
            if (!(element instanceof String name) || !name.matches(NAME)) {
                throw new InvalidValueException(
                        "[" + names.size() + "]", "must be a host name without a port (in quotes)");
            }
            names.add(name);
        }
        return List.copyOf(names);
    }

    @Override
    public String expectation() {
        return "a list of host names";
    }

    @Override
    public boolean structured() {
        return true;
    }
}
