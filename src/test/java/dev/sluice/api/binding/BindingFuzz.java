package dev.sluice.api.binding;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.api.ContractOracle;
import dev.sluice.api.error.EdgeException;
import dev.sluice.api.json.Utf8Text;
import dev.sluice.api.message.MessageIds;
import dev.sluice.fuzz.AllocationBound;
import dev.sluice.queue.ContentType;
import dev.sluice.queue.Limits;
import dev.sluice.queue.NewMessage;
import dev.sluice.queue.QueueException;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.function.Supplier;

/**
 * Requests of the queue binding. What the decoder accepts is what a strict parser reads, fits its content type and is
 * within the limits. What it does not accept fails with an error of the error table.
 */
public final class BindingFuzz {
    private static final BindingDecoder DECODER = new BindingDecoder(Limits.DOCUMENTED, new MessageIds());

    private BindingFuzz() {}

    /** Entry point of the fuzzer. */
    public static void fuzzerTestOneInput(byte[] body) {
        byte[] before = body.clone();
        for (ContentType type : ContentType.values()) {
            NewMessage single = decoded(body, () -> DECODER.single(body, type.wireName(), null));
            if (single != null) {
                require(single.contentType() == type, "the content type is another one");
                check(single, body);
            } else {
                require(
                        type != ContentType.BYTES || body.length > Limits.DOCUMENTED.messageBytesMax(),
                        "bytes are refused");
            }
        }
        List<NewMessage> batch = decoded(body, () -> DECODER.batch(body, "5"));
        if (batch != null) {
            JsonNode list = ContractOracle.parse(body).get("messages");
            require(batch.size() == list.size(), "a batch lost messages");
            for (int i = 0; i < batch.size(); i++) {
                check(batch.get(i), list.get(i));
            }
        }
        require(Arrays.equals(before, body), "the input was changed");
    }

    private static <T> T decoded(byte[] body, Supplier<T> decode) {
        try {
            return AllocationBound.within(body.length, decode);
        } catch (QueueException | EdgeException refused) {
            require(!refused.getMessage().isBlank(), "the error has no text");
            return null;
        }
    }

    private static void check(NewMessage message, JsonNode json) {
        String type =
                json.path("contentType").isTextual() ? json.get("contentType").textValue() : ContentType.V8.wireName();
        require(message.contentType().wireName().equalsIgnoreCase(type), "the content type is another one");
        JsonNode delay = json.path("delaySecs");
        require(message.delaySeconds() == (delay.isNumber() ? delay.asInt() : 5), "the delay is another one");
        check(message, Base64.getDecoder().decode(json.get("body").textValue()));
    }

    private static void check(NewMessage message, byte[] sent) {
        byte[] stored = message.body();
        require(stored.length <= Limits.DOCUMENTED.messageBytesMax(), "the body is too large");
        if (message.contentType() == ContentType.JSON) {
            JsonNode value = ContractOracle.parse(stored);
            require(value != null && value.equals(ContractOracle.parse(sent)), "the JSON is another one");
        } else {
            require(Arrays.equals(stored, sent), "the body is another one");
        }
        require(!message.contentType().isUnicode() || Utf8Text.isWellFormed(stored), "the text is not UTF-8");
    }

    private static void require(boolean condition, String failure) {
        if (!condition) {
            throw new AssertionError(failure);
        }
    }
}
