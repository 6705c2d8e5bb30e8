package dev.sluice.worker;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.sluice.queue.NewMessage;
import dev.sluice.runtime.bus.QueueClient;
import dev.sluice.runtime.delivery.WorkerTarget;
import io.vertx.core.VertxException;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Parses {@code {"acks": […], "retries": […]}}. An entry is an id or an object with an {@code id}; an entry of {@code
 * retries} may have a {@code delay_seconds}. A message without an entry is acknowledged. A message in both lists is
 * retried. Of two retries the first one counts. Unknown fields are ignored. Any other response is rejected completely,
 * because an invalid response must not acknowledge a message.
 */
final class BatchResultParser {
    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private final JsonParser json;
    private final Map<String, Long> seqs;
    private final int delaySecondsMax;
    private final Map<Long, Integer> retries = new HashMap<>();

    private BatchResultParser(JsonParser json, Map<String, Long> seqs, int delaySecondsMax) {
        this.json = json;
        this.seqs = seqs;
        this.delaySecondsMax = delaySecondsMax;
    }

    /** The result that the response body contains for these messages. */
    static WorkerTarget.BatchResult read(byte[] response, List<QueueClient.Delivery> deliveries, int delaySecondsMax) {
        Map<String, Long> seqs = new HashMap<>();
        for (QueueClient.Delivery delivery : deliveries) {
            seqs.put(
                    BatchRequestWriter.id(delivery.message().content()),
                    delivery.message().header().seq());
        }
        try (JsonParser json = JSON.createParser(response)) {
            return new BatchResultParser(json, seqs, delaySecondsMax).result();
        } catch (IOException e) {
            throw invalid("is not valid JSON");
        }
    }

    private WorkerTarget.BatchResult result() throws IOException {
        if (json.nextToken() != JsonToken.START_OBJECT) {
            throw invalid("is not a JSON object");
        }
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = json.currentName();
            json.nextToken();
            if (name.equals("acks")) {
                entries(name, false);
            } else if (name.equals("retries")) {
                entries(name, true);
            } else {
                json.skipChildren();
            }
        }
        if (json.nextToken() != null) {
            throw invalid("is not valid JSON");
        }
        return new WorkerTarget.BatchResult(Map.copyOf(retries));
    }

    private void entries(String list, boolean retry) throws IOException {
        if (json.currentToken() == JsonToken.VALUE_NULL) {
            return;
        }
        if (json.currentToken() != JsonToken.START_ARRAY) {
            throw invalid("has " + list + " that are not an array");
        }
        while (json.nextToken() != JsonToken.END_ARRAY) {
            entry(list, retry);
        }
    }

    private void entry(String list, boolean retry) throws IOException {
        String id = null;
        int delaySeconds = NewMessage.DELAY_UNSET;
        if (json.currentToken() == JsonToken.VALUE_STRING) {
            id = json.getText();
        } else if (json.currentToken() == JsonToken.START_OBJECT) {
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String name = json.currentName();
                JsonToken value = json.nextToken();
                if (name.equals("id") && value == JsonToken.VALUE_STRING) {
                    id = json.getText();
                } else if (retry && name.equals("delay_seconds")) {
                    delaySeconds = delaySeconds(value);
                } else {
                    json.skipChildren();
                }
            }
        }
        Long seq = id == null ? null : seqs.get(id);
        if (seq == null) {
            throw invalid("names a message in " + list + " that is not in the batch");
        }
        if (retry) {
            retries.putIfAbsent(seq, delaySeconds);
        }
    }

    private int delaySeconds(JsonToken value) throws IOException {
        if (value == JsonToken.VALUE_NULL) {
            return NewMessage.DELAY_UNSET;
        }
        if (value == JsonToken.VALUE_NUMBER_INT && json.getNumberType() == JsonParser.NumberType.INT) {
            int seconds = json.getIntValue();
            if (seconds >= 0 && seconds <= delaySecondsMax) {
                return seconds;
            }
        }
        throw invalid("has a delay_seconds that is not a whole number from 0 to " + delaySecondsMax);
    }

    private static VertxException invalid(String what) {
        return VertxException.noStackTrace("its response " + what);
    }
}
