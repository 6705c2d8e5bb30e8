package dev.sluice.config;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;

/** Parses YAML into maps, lists, text, numbers and booleans; never into other objects. */
final class YamlText {
    /** The bound of the YAML library. */
    private static final int FILE_BYTES_MAX = 3 << 20;

    private YamlText() {}

    /** The document in a file; null if it is empty. */
    static @Nullable Object readFile(Path file) {
        return parse(ConfigFile.read(file, "configuration file", FILE_BYTES_MAX), file.toString());
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
