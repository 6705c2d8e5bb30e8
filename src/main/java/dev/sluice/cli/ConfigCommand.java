package dev.sluice.cli;

import dev.sluice.config.ConfigLoader;
import dev.sluice.config.EffectiveSetting;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Prints the configuration that a start with the same options and environment would use. */
@Command(
        name = "config",
        description = "Print the effective configuration, without secrets, and where each value comes from.",
        mixinStandardHelpOptions = true,
        addMethodSubcommands = false)
final class ConfigCommand implements Callable<Integer> {
    @Option(names = "--config", paramLabel = "FILE", description = "The configuration file, as in serve.")
    private @Nullable Path file;

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "Set one key, as in serve.")
    private List<String> assignments = List.of();

    @Option(names = "--changed", description = "Only keys that are not at their default.")
    private boolean changed;

    @Option(names = "--json", description = "Print one line of JSON for each key.")
    private boolean json;

    @Override
    public Integer call() {
        List<EffectiveSetting> settings = ConfigLoader.explain(file, System.getenv(), assignments).stream()
                .filter(setting -> !changed || !setting.source().equals("default"))
                .toList();
        if (json) {
            settings.forEach(setting -> System.out.println(new JsonObject()
                    .put("key", setting.key())
                    .put("value", setting.value())
                    .put("source", setting.source())
                    .encode()));
            return Main.OK;
        }
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("KEY", "VALUE", "SOURCE"));
        settings.forEach(setting -> rows.add(List.of(
                setting.key(), " " + TerminalText.visible(setting.value()), TerminalText.visible(setting.source()))));
        TerminalText.table(rows).forEach(System.out::println);
        return Main.OK;
    }
}
