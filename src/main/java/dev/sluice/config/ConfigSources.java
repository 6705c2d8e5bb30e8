package dev.sluice.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Collects the settings from file, environment and flags; later sources override earlier ones. An empty value resets a
 * key to its default, which is that of the command if it has one.
 */
final class ConfigSources {
    private final Map<String, Setting> presets = new HashMap<>();
    private final Map<String, Setting> settings = new HashMap<>();

    /** A value and where it was set. */
    private record Setting(Object raw, String source) {}

    /** Adds a default of the command, which replaces that of the key. */
    void addPreset(String name, String value) {
        ConfigKey<?> key = Objects.requireNonNull(ConfigKeys.find(name), name);
        put(presets, key, parsed(key, value, "default"), "default");
    }

    /** Adds the settings of a file. */
    void addFile(Path file) {
        Object document = YamlText.readFile(file);
        if (document != null && !(document instanceof Map<?, ?>)) {
            throw new ConfigException(file + " must hold a map of keys");
        }
        if (document != null) {
            addSection("", (Map<?, ?>) document, file.toString(), new HashSet<>());
        }
    }

    private void addSection(String prefix, Map<?, ?> section, String source, Set<String> seen) {
        for (Map.Entry<?, ?> entry : section.entrySet()) {
            String name = prefix + entry.getKey();
            ConfigKey<?> key = ConfigKeys.find(name);
            if (key != null) {
                if (!seen.add(name)) {
                    throw new ConfigException(name + " is set twice in " + source);
                }
                put(settings, key, entry.getValue(), source);
            } else if (!isSection(name)) {
                throw unknown(name, source);
            } else if (entry.getValue() instanceof Map<?, ?> inner) {
                addSection(name + ".", inner, source, seen);
            } else if (entry.getValue() != null) {
                throw new ConfigException(name + " (" + source + ") must be a section with keys below it");
            }
        }
    }

    /**
     * Adds the environment variables of keys. An unknown one with the prefix {@code SLUICE_} is rejected if it is
     * probably a misspelt key.
     */
    void addEnvironment(Map<String, String> environment) {
        for (Map.Entry<String, String> variable : environment.entrySet()) {
            String name = variable.getKey();
            if (!name.startsWith(ConfigKeys.ENVIRONMENT_PREFIX)
                    || EnvironmentVariables.isServiceLink(name, variable.getValue())) {
                continue;
            }
            ConfigKey<?> key = ConfigKeys.findByEnvironmentName(name);
            if (key == null) {
                EnvironmentVariables.meantFor(name).ifPresent(known -> {
                    throw new ConfigException("unknown environment variable " + name + "; did you mean " + known + "?");
                });
                continue;
            }
            putText(key, variable.getValue(), "environment variable " + name);
        }
    }

    /** Adds one {@code key=value}. */
    void addAssignment(String assignment) {
        int equals = assignment.indexOf('=');
        if (equals < 1) {
            throw new ConfigException("--set must be followed by key=value");
        }
        String name = assignment.substring(0, equals).strip();
        ConfigKey<?> key = ConfigKeys.find(name);
        if (key == null) {
            throw unknown(name, "--set");
        }
        putText(key, assignment.substring(equals + 1).strip(), "--set");
    }

    /** The value of a key; the default if it is not set; empty if it has no default. */
    <T> Optional<T> find(ConfigKey<T> key) {
        Setting setting = setting(key);
        if (setting != null) {
            return Optional.of(key.parse(setting.raw(), setting.source()));
        }
        if (key.defaultText().isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(key.parse(key.type().structured() ? emptyOf(key) : key.defaultText(), "default"));
    }

    /** Structured defaults are empty, so that a start does not need to parse YAML for them. */
    private static Object emptyOf(ConfigKey<?> key) {
        return switch (key.defaultText()) {
            case "[]" -> List.of();
            case "{}" -> Map.of();
            default -> throw new IllegalStateException("the default of " + key.name() + " is not empty");
        };
    }

    /** The value of a key as text, and where it was set. */
    EffectiveSetting effective(ConfigKey<?> key) {
        Setting setting = setting(key);
        String value = setting == null ? key.defaultText() : String.valueOf(setting.raw());
        boolean hidden = setting != null && key.type().secret();
        return new EffectiveSetting(key.name(), hidden ? "(secret)" : value, sourceOf(key));
    }

    /** Where the value of a key was set. */
    String sourceOf(ConfigKey<?> key) {
        Setting setting = setting(key);
        return setting == null ? "default" : setting.source();
    }

    private @Nullable Setting setting(ConfigKey<?> key) {
        Setting setting = settings.get(key.name());
        return setting == null ? presets.get(key.name()) : setting;
    }

    private void putText(ConfigKey<?> key, String text, String source) {
        put(settings, key, parsed(key, text, source), source);
    }

    private static @Nullable Object parsed(ConfigKey<?> key, String text, String source) {
        boolean yaml = key.type().structured() && !text.isBlank();
        return yaml ? YamlText.parse(text, key.name() + " (" + source + ")") : text;
    }

    private static void put(Map<String, Setting> target, ConfigKey<?> key, @Nullable Object raw, String source) {
        if (raw == null || raw.equals("")) {
            target.remove(key.name());
        } else {
            target.put(key.name(), new Setting(raw, source));
        }
    }

    private static boolean isSection(String name) {
        return ConfigKeys.all().stream().anyMatch(key -> key.name().startsWith(name + "."));
    }

    private static ConfigException unknown(String name, String source) {
        List<String> known = new ArrayList<>();
        ConfigKeys.all().forEach(key -> known.add(key.name()));
        return new ConfigException(
                "unknown key '" + name + "' in " + source + "; did you mean '" + NameSuggestion.of(name, known) + "'?");
    }
}
