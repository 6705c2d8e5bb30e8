package dev.sluice.cli;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows messages without leasing them. */
@Command(
        name = "peek",
        description = "Show messages of every state without leasing them.",
        mixinStandardHelpOptions = true,
        addMethodSubcommands = false)
final class PeekCommand implements Callable<Integer> {
    private static final int PAGE_MAX = 100;
    private static final int PREVIEW_CHARS = 80;

    @Mixin
    private ApiClient api;

    @Parameters(paramLabel = "QUEUE", description = "Name or id of the queue.")
    private String queue;

    @Option(names = "--state", paramLabel = "STATE", description = "ready, delayed or leased; may be repeated.")
    private List<String> states = List.of();

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "20",
            description = "Messages at most (default: ${DEFAULT-VALUE}).")
    private int limit;

    @Option(names = "--json", description = "Print one line of JSON for each message, with its whole body.")
    private boolean json;

    @Override
    public Integer call() {
        String path = api.extension("/queues/" + api.queue(queue).getString("queue_id") + "/messages?limit=");
        StringBuilder filter = new StringBuilder();
        states.forEach(state -> filter.append("&state=").append(state));
        List<JsonObject> messages = new ArrayList<>();
        @Nullable String cursor = "";
        while (cursor != null && messages.size() < limit) {
            int wanted = Math.min(PAGE_MAX, limit - messages.size());
            JsonObject page = api.send("GET", path + wanted + filter + "&cursor=" + cursor, null)
                    .getJsonObject("result");
            JsonArray shown = page.getJsonArray("messages");
            shown.forEach(message -> messages.add((JsonObject) message));
            cursor = page.getString("next_cursor");
        }
        if (json) {
            messages.forEach(message -> System.out.println(message.encode()));
        } else {
            print(messages);
        }
        return Main.OK;
    }

    private static void print(List<JsonObject> messages) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("ID", "STATE", ">AGE", ">ATTEMPTS", "TYPE", ">SIZE", "BODY"));
        for (JsonObject message : messages) {
            rows.add(List.of(
                    message.getString("id"),
                    message.getString("state"),
                    TerminalText.duration(CommandClock.wallMillis() - message.getLong("timestamp_ms")),
                    String.valueOf(message.getInteger("attempts")),
                    message.getString("content_type"),
                    TerminalText.bytes(message.getLong("body_bytes")),
                    preview(message)));
        }
        TerminalText.table(rows).forEach(System.out::println);
    }

    private static String preview(JsonObject message) {
        String body = message.getString("body");
        String start = body.length() > PREVIEW_CHARS ? body.substring(0, PREVIEW_CHARS) + "…" : body;
        // A cell that begins with '>' would be taken as right-aligned.
        return " " + TerminalText.visible(start);
    }
}
