package dev.sluice.cli;

import dev.sluice.StartException;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Pushes messages. */
@Command(
        name = "push",
        description = "Push a message. Without BODY it is read from standard input.",
        mixinStandardHelpOptions = true,
        addMethodSubcommands = false)
final class PushCommand implements Callable<Integer> {
    /** More than the largest message of the documented limits; the server checks its own. */
    private static final int BODY_BYTES_MAX = 1 << 26;

    @Mixin
    private ApiClient api;

    @Parameters(index = "0", paramLabel = "QUEUE", description = "Name or id of the queue.")
    private String queue;

    @Parameters(index = "1", arity = "0..1", paramLabel = "BODY", description = "The body.")
    private @Nullable String body;

    @Option(names = "--type", paramLabel = "TYPE", defaultValue = "text", description = "text (the default) or json.")
    private String type;

    @Option(names = "--delay", paramLabel = "SECONDS", description = "Delay (default: that of the queue).")
    private @Nullable Integer delaySeconds;

    @Option(names = "--lines", description = "Each line of the body is a message.")
    private boolean lines;

    @Option(names = "--json", description = "Print the result as JSON.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        if (!type.equals("text") && !type.equals("json")) {
            throw new StartException("--type must be text or json");
        }
        String text = body != null ? body : new String(System.in.readNBytes(BODY_BYTES_MAX), StandardCharsets.UTF_8);
        List<String> bodies =
                lines ? text.lines().filter(line -> !line.isEmpty()).toList() : List.of(text);
        List<JsonObject> messages = bodies.stream().map(this::message).toList();
        String path = api.path("/queues/" + api.queue(queue).getString("queue_id") + "/messages");
        for (JsonObject message : messages) {
            api.send("POST", path, message);
        }
        System.out.println(
                json
                        ? new JsonObject().put("pushed", messages.size()).encode()
                        : messages.size() + (messages.size() == 1 ? " message pushed" : " messages pushed"));
        return Main.OK;
    }

    private JsonObject message(String text) {
        JsonObject message = new JsonObject().put("content_type", type).put("body", bodyOf(text));
        return delaySeconds == null ? message : message.put("delay_seconds", delaySeconds);
    }

    private Object bodyOf(String text) {
        if (type.equals("text")) {
            return text;
        }
        try {
            return Json.decodeValue(text);
        } catch (DecodeException notJson) {
            throw new StartException("the body is not JSON: " + notJson.getMessage());
        }
    }
}
