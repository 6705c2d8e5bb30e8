package dev.sluice.cli;

import dev.sluice.StartException;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Moves dead letters back. */
@Command(
        name = "redrive",
        description = "Move dead letters back to where they came from, or to another queue, and wait for the end.",
        mixinStandardHelpOptions = true,
        addMethodSubcommands = false)
final class RedriveCommand implements Callable<Integer> {
    private static final int INCOMPLETE = 1;
    private static final long POLL_MILLIS = 500;

    @Mixin
    private ApiClient api;

    @Parameters(paramLabel = "QUEUE", description = "Name or id of the dead letter queue.")
    private String queue;

    @Option(
            names = "--to",
            paramLabel = "QUEUE",
            description = "The queue that gets them (default: where they came from).")
    private @Nullable String destination;

    @Option(names = "--limit", paramLabel = "N", description = "Messages at most (default: all that are ready).")
    private @Nullable Long limit;

    @Option(names = "--rate", paramLabel = "N", description = "Messages per second (default: no limit).")
    private @Nullable Integer perSecond;

    @Option(names = "--no-wait", description = "Only start it.")
    private boolean noWait;

    @Option(names = "--json", description = "Print the redrive as JSON.")
    private boolean json;

    @Override
    public Integer call() throws InterruptedException {
        JsonObject spec = new JsonObject();
        if (destination != null) {
            spec.put("destination_queue_id", api.queue(destination).getString("queue_id"));
        }
        if (limit != null) {
            spec.put("limit", limit);
        }
        if (perSecond != null) {
            spec.put("messages_per_second", perSecond);
        }
        String queueId = api.queue(queue).getString("queue_id");
        long total = Math.min(limit == null ? Long.MAX_VALUE : limit, ready(queueId));
        JsonObject redrive = api.send("POST", api.extension("/queues/" + queueId + "/redrives"), spec)
                .getJsonObject("result");
        if (!noWait) {
            redrive = awaitEnd(redrive, total);
        }
        print(redrive);
        return isRunning(redrive) || redrive.getString("status").equals("completed") ? Main.OK : INCOMPLETE;
    }

    private JsonObject awaitEnd(JsonObject started, long total) throws InterruptedException {
        AtomicLong moved = new AtomicLong();
        JsonObject redrive = started;
        TerminalProgress progress = TerminalProgress.start(() -> TerminalProgress.bar(moved.get(), total));
        try {
            while (isRunning(redrive)) {
                TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
                redrive = api.send("GET", api.extension("/redrives/" + redrive.getString("redrive_id")), null)
                        .getJsonObject("result");
                moved.set(redrive.getLong("moved"));
            }
        } catch (StartException lost) {
            throw new StartException(lost.getMessage() + "; the redrive " + redrive.getString("redrive_id")
                    + " continues without this command");
        } finally {
            progress.end();
        }
        return redrive;
    }

    /** The messages that can be moved. */
    private long ready(String queueId) {
        return api.send("GET", api.extension("/queues/" + queueId), null)
                .getJsonObject("result")
                .getJsonObject("backlog")
                .getLong("ready");
    }

    private static boolean isRunning(JsonObject redrive) {
        return redrive.getString("status").equals("running");
    }

    private void print(JsonObject redrive) {
        if (json) {
            System.out.println(redrive.encode());
            return;
        }
        String reason = redrive.getString("reason");
        System.out.println(redrive.getString("status") + ": " + redrive.getLong("moved") + " moved, "
                + redrive.getLong("skipped") + " skipped"
                + (reason == null ? "" : ". " + TerminalText.visible(reason)));
    }
}
