package dev.sluice.cli;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Lists the queues with their backlogs. */
@Command(
        name = "queues",
        description = "List the queues of the account with backlog, age and rates.",
        mixinStandardHelpOptions = true,
        addMethodSubcommands = false)
final class QueuesCommand implements Callable<Integer> {
    private static final String CLEAR_SCREEN = "\u001b[H\u001b[2J";
    private static final int PER_PAGE = 1000;
    private static final long WATCH_SECONDS = 2;

    @Mixin
    private ApiClient api;

    @Option(names = "--watch", description = "List them again every two seconds.")
    private boolean watch;

    @Option(names = "--json", description = "Print one line of JSON for each queue.")
    private boolean json;

    @Override
    public Integer call() throws InterruptedException {
        print(read());
        // A reader that has gone, as head, ends it.
        while (watch && !System.out.checkError()) {
            TimeUnit.SECONDS.sleep(WATCH_SECONDS);
            List<JsonObject> queues = read();
            if (!json && TerminalText.isTerminal()) {
                System.out.print(CLEAR_SCREEN);
            }
            print(queues);
        }
        return Main.OK;
    }

    private List<JsonObject> read() {
        List<JsonObject> queues = new ArrayList<>();
        int pages = 1;
        for (int page = 1; page <= pages; page++) {
            JsonObject envelope =
                    api.send("GET", api.extension("/queues?per_page=" + PER_PAGE + "&page=" + page), null);
            JsonArray result = envelope.getJsonArray("result");
            result.forEach(queue -> queues.add((JsonObject) queue));
            pages = envelope.getJsonObject("result_info").getInteger("total_pages");
        }
        return queues;
    }

    private void print(List<JsonObject> queues) {
        if (json) {
            queues.forEach(queue -> System.out.println(queue.encode()));
        } else {
            List<List<String>> rows = new ArrayList<>();
            rows.add(List.of(
                    "QUEUE", ">READY", ">DELAYED", ">LEASED", ">SIZE", ">OLDEST", ">IN/S", ">OUT/S", "CONSUMER"));
            queues.forEach(queue -> rows.add(row(queue)));
            TerminalText.table(rows).forEach(System.out::println);
        }
        System.out.flush();
    }

    private static List<String> row(JsonObject queue) {
        JsonObject backlog = queue.getJsonObject("backlog");
        JsonObject rates = queue.getJsonObject("rates");
        JsonObject consumer = queue.getJsonObject("consumer");
        Long oldest = backlog.getLong("oldest_message_timestamp_ms");
        String paused = queue.getBoolean("delivery_paused") ? ", paused" : "";
        return List.of(
                TerminalText.visible(queue.getString("queue_name")),
                String.valueOf(backlog.getLong("ready")),
                String.valueOf(backlog.getLong("delayed")),
                String.valueOf(backlog.getLong("leased")),
                TerminalText.bytes(backlog.getLong("bytes")),
                oldest == null || oldest == 0 ? "-" : TerminalText.duration(CommandClock.wallMillis() - oldest),
                String.format(Locale.ROOT, "%.1f", rates.getDouble("pushed")),
                String.format(Locale.ROOT, "%.1f", rates.getDouble("delivered")),
                (consumer == null ? "none" : consumer.getString("type")) + paused);
    }
}
