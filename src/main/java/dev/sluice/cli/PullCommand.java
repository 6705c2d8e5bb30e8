package dev.sluice.cli;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Pulls messages, and acknowledges them if asked to. */
@Command(
        name = "pull",
        description = "Pull messages of a queue with a consumer of type http_pull.",
        mixinStandardHelpOptions = true,
        addMethodSubcommands = false)
final class PullCommand implements Callable<Integer> {
    @Mixin
    private ApiClient api;

    @Parameters(paramLabel = "QUEUE", description = "Name or id of the queue.")
    private String queue;

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "10",
            description = "Messages at most (default: ${DEFAULT-VALUE}).")
    private int limit;

    @Option(names = "--ack", description = "Acknowledge them once they are printed.")
    private boolean acknowledge;

    @Option(names = "--json", description = "Print one line of JSON for each message.")
    private boolean json;

    @Override
    public Integer call() {
        String path = api.path("/queues/" + api.queue(queue).getString("queue_id") + "/messages");
        JsonArray messages = api.send("POST", path + "/pull", new JsonObject().put("batch_size", limit))
                .getJsonObject("result")
                .getJsonArray("messages");
        JsonArray leases = new JsonArray();
        for (Object each : messages) {
            JsonObject message = (JsonObject) each;
            System.out.println(json ? message.encode() : text(message));
            leases.add(new JsonObject().put("lease_id", message.getString("lease_id")));
        }
        if (acknowledge && !leases.isEmpty() && !System.out.checkError()) {
            api.send("POST", path + "/ack", new JsonObject().put("acks", leases));
        }
        return Main.OK;
    }

    private static String text(JsonObject message) {
        String body = message.getString("body");
        if ("json".equals(message.getJsonObject("metadata").getString("CF-Content-Type"))) {
            try {
                body = new String(Base64.getDecoder().decode(body), StandardCharsets.UTF_8);
            } catch (IllegalArgumentException plain) {
                // The server shows JSON as text (messages.json_body_encoding).
            }
        }
        return TerminalText.visibleLines(body);
    }
}
