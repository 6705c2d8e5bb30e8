package dev.sluice.cli;

import io.vertx.core.json.JsonObject;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Prints a link that opens the console logged in. */
@Command(
        name = "console",
        description = "Print a link that opens the console logged in. It works once, within ten minutes.",
        mixinStandardHelpOptions = true,
        addMethodSubcommands = false)
final class ConsoleCommand implements Callable<Integer> {
    @Mixin
    private ApiClient api;

    @Override
    public Integer call() {
        JsonObject code = api.send("POST", "/sluice/v1/console/codes", null).getJsonObject("result");
        System.out.println(link(api.origin(), code.getString("code")));
        return Main.OK;
    }

    /** The address with a one-time code in its fragment, which browsers do not send. */
    static String link(String origin, String code) {
        return origin + "/console/#code=" + code;
    }
}
