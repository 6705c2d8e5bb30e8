package dev.sluice.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.queue.ContentType;
import dev.sluice.runtime.bus.QueueClient;
import dev.sluice.runtime.clock.ContinuousClock;
import dev.sluice.runtime.delivery.WorkerTarget;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class BatchRequestWriterTest {
    @Test
    void theSizeOfABatchIsKnownBeforeSerializationForEveryByteOfATextAndForJson() {
        for (int unit = 0; unit < 0x100; unit++) {
            String text = String.valueOf((char) unit).repeat(10_000);
            int expected = 0;
            for (QueueClient.Delivery delivery : SampleBatch.batch(text).deliveries()) {
                expected += BatchRequestWriter.bytesOf(delivery.message().content());
            }
            assertThat(BatchRequestWriter.write(SampleBatch.batch(text), ContinuousClock.ofMachine()).length)
                    .isBetween(expected - 3 * 512, expected + 512);
        }
    }

    @Test
    void bodiesOfTypeBytesAndV8AreBase64AndTheirSizeIsKnown() {
        for (ContentType type : List.of(ContentType.BYTES, ContentType.V8)) {
            WorkerTarget.Batch batch = SampleBatch.batchOf(type, new byte[] {(byte) 0xff, 0x0f, 0, '"'});
            String request =
                    new String(BatchRequestWriter.write(batch, ContinuousClock.ofMachine()), StandardCharsets.UTF_8);
            assertThat(request)
                    .contains("\"content_type\":\"" + type.wireName() + "\",\"body\":\"/w8AIg==\",\"metadata\":"
                            + "{\"CF-Content-Type\":\"" + type.wireName() + "\"");
            assertThat(request.length()).isLessThan(batch.bytes() + 512);
        }
    }

    @Test
    void aBatchLooksLikeAPullResponseWithBodiesAsPublished() {
        String expected = "{\"queue\":\"orders\",\"queue_id\":\"" + "b".repeat(32) + "\",\"account_id\":\""
                + "a".repeat(32) + "\",\"messages\":["
                + "{\"id\":\"" + SampleBatch.id(1)
                + "\",\"timestamp_ms\":1001,\"attempts\":1,\"content_type\":\"text\","
                + "\"body\":\"first \\\"€\\\" \\u0001\","
                + "\"metadata\":{\"CF-Content-Type\":\"text\",\"CF-sourceMessageSource\":\"api\"}},"
                + "{\"id\":\"" + SampleBatch.id(2)
                + "\",\"timestamp_ms\":1002,\"attempts\":2,\"content_type\":\"text\","
                + "\"body\":\"\","
                + "\"metadata\":{\"CF-Content-Type\":\"text\",\"CF-sourceMessageSource\":\"api\"}},"
                + "{\"id\":\"" + SampleBatch.id(3)
                + "\",\"timestamp_ms\":1003,\"attempts\":1,\"content_type\":\"json\","
                + "\"body\":{\"a\":[1.50,\"é\"]},"
                + "\"metadata\":{\"CF-Content-Type\":\"json\",\"CF-sourceMessageSource\":\"api\",\"CF-msg-delay-secs\":\"20\"}}"
                + "],\"metadata\":{\"metrics\":{\"backlog_count\":7,\"backlog_bytes\":700,"
                + "\"oldest_message_timestamp_ms\":1001}}}";

        assertThat(new String(
                        BatchRequestWriter.write(SampleBatch.batch(), ContinuousClock.ofMachine()),
                        StandardCharsets.UTF_8))
                .isEqualTo(expected);
    }
}
