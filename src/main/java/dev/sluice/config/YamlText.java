package dev.sluice.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;

/** Parses YAML into maps, lists, text, numbers and booleans; never into other objects. */
final class YamlText {
    private YamlText() {}

    /** The document in a file; null if it is empty. */
    static @Nullable Object readFile(Path file) {
        try {
            return parse(Files.readString(file), file.toString());
        } catch (NoSuchFileException e) {
            throw new ConfigException("cannot read the configuration file " + file + ": it does not exist");
        } catch (IOException e) {
            throw new ConfigException("cannot read the configuration file " + file + ": " + e);
        }
    }

    /**
     * The document in a text; null if it is empty.
     *
     * @param source the origin of the text, for errors
     */
    static @Nullable Object parse(String text, String source) {
        LoaderOptions options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        try {
            return new Yaml(new SafeConstructor(options)).load(text);
        } catch (MarkedYAMLException e) {
            int line = e.getProblemMark() == null ? 1 : e.getProblemMark().getLine() + 1;
            throw new ConfigException(source + " is not valid YAML: " + e.getProblem() + ", line " + line);
        } catch (YAMLException e) {
            throw new ConfigException(source + " is not valid YAML: "
                    + String.valueOf(e.getMessage()).lines().findFirst().orElse("unreadable"));
        }
    }
}
