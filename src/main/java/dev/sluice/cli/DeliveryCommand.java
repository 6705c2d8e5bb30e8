package dev.sluice.cli;

import io.vertx.core.json.JsonObject;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Pauses or resumes the delivery of a queue. */
abstract class DeliveryCommand implements Callable<Integer> {
    private final boolean pauses;

    @Mixin
    private ApiClient api;

    @Parameters(paramLabel = "QUEUE", description = "Name or id of the queue.")
    private String queue;

    @Option(names = "--json", description = "Print the queue as JSON.")
    private boolean json;

    DeliveryCommand(boolean pauses) {
        this.pauses = pauses;
    }

    @Override
    public Integer call() {
        JsonObject found = api.queue(queue);
        JsonObject settings = new JsonObject().put("delivery_paused", pauses);
        JsonObject changed = api.send(
                        "PATCH",
                        api.path("/queues/" + found.getString("queue_id")),
                        new JsonObject().put("settings", settings))
                .getJsonObject("result");
        String name = TerminalText.visible(changed.getString("queue_name"));
        System.out.println(json ? changed.encode() : name + (pauses ? " is paused" : " delivers"));
        return Main.OK;
    }

    /** Stops the delivery. */
    @Command(
            name = "pause",
            description = "Pause the delivery of a queue. Producers can still push.",
            mixinStandardHelpOptions = true,
            addMethodSubcommands = false)
    static final class PauseCommand extends DeliveryCommand {
        PauseCommand() {
            super(true);
        }
    }

    /** Starts the delivery again. */
    @Command(
            name = "resume",
            description = "Resume the delivery of a queue.",
            mixinStandardHelpOptions = true,
            addMethodSubcommands = false)
    static final class ResumeCommand extends DeliveryCommand {
        ResumeCommand() {
            super(false);
        }
    }
}
