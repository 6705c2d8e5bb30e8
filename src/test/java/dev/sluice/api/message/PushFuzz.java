package dev.sluice.api.message;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.api.ContractOracle;
import dev.sluice.api.json.JsonWriter;
import dev.sluice.config.MessagesConfig;
import dev.sluice.fuzz.AllocationBound;
import dev.sluice.queue.ContentType;
import dev.sluice.queue.Limits;
import dev.sluice.queue.NewMessage;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;

/**
 * Bodies of a push and a batch. The decoder agrees with the contract. What it accepts is what a strict parser reads.
 * Written and read again, it gives the same bytes.
 */
public final class PushFuzz {
    private static final MessageDecoder MESSAGES =
            new MessageDecoder(Limits.DOCUMENTED, MessagesConfig.DEFAULT, new MessageIds());

    private PushFuzz() {}

    /** Entry point of the fuzzer. */
    public static void fuzzerTestOneInput(byte[] body) {
        byte[] before = body.clone();
        NewMessage single = ContractOracle.agree(
                "MqQueueMessage", bytes -> AllocationBound.within(bytes.length, () -> MESSAGES.single(bytes)), body);
        if (single != null) {
            check(single, ContractOracle.parse(body), body.length);
        }
        List<NewMessage> batch = ContractOracle.agree(
                "MqQueueBatch", bytes -> AllocationBound.within(bytes.length, () -> MESSAGES.batch(bytes)), body);
        if (batch != null) {
            JsonNode list = ContractOracle.parse(body).get("messages");
            require(batch.size() == list.size(), "a batch lost messages");
            for (int i = 0; i < batch.size(); i++) {
                check(batch.get(i), list.get(i), body.length);
            }
        }
        require(Arrays.equals(before, body), "the input was changed");
    }

    private static void check(NewMessage message, JsonNode json, int bytesMax) {
        byte[] content = message.body();
        require(content.length <= bytesMax, "the body grew");
        boolean text = json.path("content_type").asText().equals("text");
        require((message.contentType() == ContentType.TEXT) == text, "the content type is another one");
        if (text) {
            require(Arrays.equals(content, json.get("body").textValue().getBytes(UTF_8)), "the text is another one");
        } else {
            JsonNode stored = ContractOracle.parse(content);
            require(stored != null && stored.equals(json.get("body")), "the JSON is another one");
        }
        NewMessage again = MESSAGES.single(request(message));
        require(Arrays.equals(again.body(), content), "written and read again it is another one");
    }

    private static byte[] request(NewMessage message) {
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        boolean text = message.contentType() == ContentType.TEXT;
        request.writeBytes(JsonWriter.ascii("{\"content_type\":\"" + (text ? "text" : "json") + "\",\"body\":"));
        if (text) {
            request.writeBytes(JsonWriter.ascii("\""));
            request.writeBytes(
                    new JsonWriter().escaped(message.body()).toBuffer().getBytes());
            request.writeBytes(JsonWriter.ascii("\""));
        } else {
            request.writeBytes(message.body());
        }
        request.writeBytes(JsonWriter.ascii("}"));
        return request.toByteArray();
    }

    private static void require(boolean condition, String failure) {
        if (!condition) {
            throw new AssertionError(failure);
        }
    }
}
