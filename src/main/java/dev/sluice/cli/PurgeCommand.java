package dev.sluice.cli;

import dev.sluice.StartException;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Deletes all messages of a queue. */
@Command(
        name = "purge",
        description = "Delete all messages of a queue for ever, leased ones too.",
        mixinStandardHelpOptions = true,
        addMethodSubcommands = false)
final class PurgeCommand implements Callable<Integer> {
    @Mixin
    private ApiClient api;

    @Parameters(paramLabel = "QUEUE", description = "Name or id of the queue.")
    private String queue;

    @Option(names = "--yes", description = "Confirm it: nothing is deleted otherwise.")
    private boolean confirmed;

    @Option(names = "--json", description = "Print the result as JSON.")
    private boolean json;

    @Override
    public Integer call() {
        JsonObject found = api.queue(queue);
        String name = found.getString("queue_name");
        if (!confirmed) {
            throw new StartException("all messages of " + TerminalText.visible(name)
                    + " would be deleted for ever: confirm it with --yes");
        }
        JsonObject result;
        TerminalProgress progress = TerminalProgress.start("purging " + TerminalText.visible(name));
        try {
            result = api.send(
                            "POST",
                            api.path("/queues/" + found.getString("queue_id") + "/purge"),
                            new JsonObject().put("delete_messages_permanently", true))
                    .getJsonObject("result");
        } finally {
            progress.end();
        }
        System.out.println(json ? result.encode() : TerminalText.visible(name) + " is empty");
        return Main.OK;
    }
}
