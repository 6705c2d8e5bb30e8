package dev.sluice.wrangler;

import dev.sluice.config.ConfigException;
import dev.sluice.config.ConfigFile;
import dev.sluice.config.DeclaredQueue;
import dev.sluice.queue.Limits;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a wrangler configuration says about queues.
 *
 * @param script name of the Worker; empty if the file has none
 * @param queues the queues that the Worker produces to or consumes from, in the order of the file
 * @param notes lines about fields that are ignored
 */
public record WranglerConfiguration(Optional<String> script, List<DeclaredQueue> queues, List<String> notes) {
    private static final int FILE_BYTES_MAX = 1 << 20;
    /** In the order in which wrangler looks for them. */
    private static final List<String> FILE_NAMES = List.of("wrangler.json", "wrangler.jsonc", "wrangler.toml");

    /**
     * The configuration file of a directory or its nearest parent that has one.
     *
     * @throws ConfigException if there is none
     */
    public static Path find(Path directory) {
        for (Path each = directory.toAbsolutePath().normalize(); each != null; each = each.getParent()) {
            for (String name : FILE_NAMES) {
                Path file = each.resolve(name);
                if (Files.isRegularFile(file)) {
                    return file;
                }
            }
        }
        throw new ConfigException("no " + String.join(", ", FILE_NAMES) + " in " + directory.toAbsolutePath()
                + " or a directory above it; name the file: --wrangler FILE");
    }

    /**
     * Reads a configuration file.
     *
     * @param environment name of an environment of the file, empty for the top level
     * @param pushed whether the Worker gets its batches by HTTP; otherwise its queues get pull consumers with the same
     *     settings
     * @throws ConfigException names file, line and key
     */
    public static WranglerConfiguration read(Path file, Optional<String> environment, Limits limits, boolean pushed) {
        String text = ConfigFile.read(file, "wrangler configuration", FILE_BYTES_MAX);
        SourceTable top = SourceTable.document(
                file,
                file.getFileName().toString().endsWith(".toml")
                        ? TomlSource.parse(file, text)
                        : JsonSource.parse(file, text));
        SourceTable selected = environment.map(name -> environmentOf(top, name)).orElse(top);
        Optional<String> script =
                selected.text("name").or(() -> top.text("name").map(name -> name + "-" + environment.orElseThrow()));
        if (pushed && script.isEmpty()) {
            throw top.invalid("name", "is missing: it names the Worker that gets the batches");
        }
        WranglerQueues queues = new WranglerQueues(limits, pushed ? script : Optional.empty());
        selected.table("queues").ifPresent(queues::add);
        List<String> notes = new ArrayList<>(queues.notes());
        if (queues.declared().isEmpty()) {
            notes.add(file
                    + environment
                            .map(name -> ": environment '" + name + "' has no queues; as in wrangler, those of the top "
                                    + "level do not count for it")
                            .orElse(" has no queues"));
        }
        return new WranglerConfiguration(script, queues.declared(), List.copyOf(notes));
    }

    private static SourceTable environmentOf(SourceTable top, String name) {
        List<String> known = top.table("env").map(SourceTable::names).orElse(List.of());
        return top.table("env")
                .flatMap(environments -> environments.table(name))
                .orElseThrow(() -> top.invalid(
                        "env",
                        "has no environment '" + name + "'"
                                + (known.isEmpty() ? "" : "; it has " + String.join(", ", known))));
    }
}
