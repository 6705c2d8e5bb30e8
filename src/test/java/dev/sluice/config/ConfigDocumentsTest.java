package dev.sluice.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compares conf/sluice.yaml and docs/configuration.md to the table of keys. */
class ConfigDocumentsTest {
    private static final Pattern SECTION = Pattern.compile("( *)([a-z_]+):");
    private static final Pattern KEY = Pattern.compile("( *)# ([a-z_0-9]+):(?: (.*))?");
    private static final Pattern COMMENT = Pattern.compile(" *# ?(.*)");

    @Test
    void theFileShowsEveryKeyWithItsDefaultAndMeaning() throws IOException {
        Map<String, DocumentedKey> documented = read(Path.of("conf/sluice.yaml"));

        assertThat(documented.keySet())
                .containsExactlyElementsOf(
                        ConfigKeys.all().stream().map(ConfigKey::name).toList());
        for (ConfigKey<?> key : ConfigKeys.all()) {
            assertThat(documented.get(key.name()).defaultText()).as(key.name()).isEqualTo(key.defaultText());
            assertThat(documented.get(key.name()).comment()).as(key.name()).contains(key.doc());
        }
    }

    @Test
    void theFileIsValidAsItIsAndWithEveryDefaultSpelledOut(@TempDir Path directory) throws IOException {
        ServerConfig defaults = ConfigLoader.load(null, Map.of(), List.of());
        assertThat(ConfigLoader.load(Path.of("conf/sluice.yaml"), Map.of(), List.of()))
                .isEqualTo(defaults);

        StringBuilder text = new StringBuilder();
        read(Path.of("conf/sluice.yaml")).forEach((name, documented) -> text.append(name)
                .append(": ")
                .append(documented.defaultText())
                .append('\n'));
        Path spelledOut = Files.writeString(directory.resolve("all.yaml"), text);
        assertThat(ConfigLoader.load(spelledOut, Map.of(), List.of())).isEqualTo(defaults);
    }

    @Test
    void thePageHasARowForEveryKeyAndNoOther() throws IOException {
        List<String> rows = Files.readAllLines(Path.of("docs/configuration.md")).stream()
                .filter(line -> line.matches("\\| `[a-z_0-9.]+` \\| .*"))
                .toList();

        assertThat(rows)
                .containsExactlyElementsOf(ConfigKeys.all().stream()
                        .map(ConfigDocumentsTest::rowOf)
                        .toList());
    }

    private static String rowOf(ConfigKey<?> key) {
        String defaultText = key.defaultText().isEmpty() ? "–" : '`' + key.defaultText() + '`';
        return "| `" + key.name() + "` | " + defaultText + " | " + key.doc() + " |";
    }

    /** A key as documented in the file. */
    private record DocumentedKey(String defaultText, String comment) {}

    private static Map<String, DocumentedKey> read(Path file) throws IOException {
        Map<String, DocumentedKey> keys = new LinkedHashMap<>();
        Deque<String> sections = new ArrayDeque<>();
        StringBuilder comment = new StringBuilder();
        for (String line : Files.readAllLines(file)) {
            Matcher section = SECTION.matcher(line);
            Matcher key = KEY.matcher(line);
            Matcher text = COMMENT.matcher(line);
            if (section.matches()) {
                leaveSections(sections, section.group(1));
                sections.addLast(section.group(2));
                comment.setLength(0);
            } else if (key.matches()) {
                leaveSections(sections, key.group(1));
                String prefix = sections.isEmpty() ? "" : String.join(".", sections) + ".";
                String defaultText = key.group(3) == null ? "" : key.group(3);
                keys.put(prefix + key.group(2), new DocumentedKey(defaultText, comment.toString()));
                comment.setLength(0);
            } else if (text.matches()) {
                comment.append(comment.isEmpty() ? "" : " ").append(text.group(1));
            }
        }
        return keys;
    }

    private static void leaveSections(Deque<String> sections, String indentation) {
        while (sections.size() > indentation.length() / 2) {
            sections.removeLast();
        }
    }
}
