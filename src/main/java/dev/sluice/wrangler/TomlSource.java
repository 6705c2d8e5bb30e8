package dev.sluice.wrangler;

import dev.sluice.config.ConfigException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlParseError;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlTable;

/** Parses TOML. */
final class TomlSource {
    private TomlSource() {}

    /**
     * The document of a file.
     *
     * @throws ConfigException names the line of the first error
     */
    static SourceValue parse(Path file, String text) {
        TomlParseResult document = parsed(file, text);
        if (document.hasErrors()) {
            TomlParseError first = document.errors().get(0);
            throw new ConfigException(file + ":" + first.position().line() + ": is not valid TOML: "
                    + String.valueOf(first.getMessage()).replaceAll("\\s+", " "));
        }
        return new SourceValue(table(document), 1);
    }

    /** The library bounds no nesting depth. */
    private static TomlParseResult parsed(Path file, String text) {
        try {
            return Toml.parse(text);
        } catch (StackOverflowError tooDeep) {
            throw new ConfigException(file + ":1: is not valid TOML: it is nested too deeply");
        }
    }

    private static Map<String, SourceValue> table(TomlTable table) {
        Map<String, SourceValue> members = new LinkedHashMap<>();
        for (String name : table.keySet()) {
            List<String> key = List.of(name);
            members.put(name, value(table.get(key), table.inputPositionOf(key).line()));
        }
        return members;
    }

    private static SourceValue value(Object raw, int line) {
        if (raw instanceof TomlTable table) {
            return new SourceValue(table(table), line);
        }
        if (raw instanceof TomlArray array) {
            List<SourceValue> elements = new ArrayList<>(array.size());
            for (int i = 0; i < array.size(); i++) {
                elements.add(value(array.get(i), array.inputPositionOf(i).line()));
            }
            return new SourceValue(elements, line);
        }
        return new SourceValue(raw, line);
    }
}
