package dev.sluice.api.message;

import dev.sluice.config.MessagesConfig;
import dev.sluice.queue.BacklogStats;
import dev.sluice.queue.Content;
import dev.sluice.queue.ContentType;
import dev.sluice.queue.MessageHeader;
import dev.sluice.runtime.bus.QueueClient.Delivered;
import dev.sluice.runtime.bus.QueueClient.Delivery;
import dev.sluice.runtime.clock.ContinuousClock;
import dev.sluice.runtime.delivery.PendingResponse;
import dev.sluice.store.StoredMessage;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Writing of responses. A pull includes the encoding of its lease tokens. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class MessageResponseWriterBenchmark {
    private static final BacklogStats METRICS = new BacklogStats(123_456, 24_691_200, 1_788_000_000_000L);

    private final MessageResponseWriter responses = new MessageResponseWriter(
            MessagesConfig.DEFAULT, new LeaseTokens(new byte[32]), ContinuousClock.ofMachine());
    private final Delivered texts = delivered(ContentType.TEXT);
    private final Delivered jsons = delivered(ContentType.JSON);

    private Delivered delivered(ContentType type) {
        byte[] body = "x".repeat(200).getBytes(StandardCharsets.UTF_8);
        List<Delivery> deliveries = new ArrayList<>();
        for (long seq = 1; seq <= 100; seq++) {
            MessageHeader header = new MessageHeader(seq, 1_788_000_000_000L, 1_788_000_000_000L, body.length, false);
            deliveries.add(new Delivery(new StoredMessage(header, new Content(seq, ~seq, type, 0, body)), 1));
        }
        int bytes = deliveries.stream()
                .mapToInt(delivery -> responses.bytesOf(delivery.message().content()))
                .sum();
        return new Delivered(deliveries, METRICS, bytes, PendingResponse.NONE);
    }

    /** The response to a push. */
    @Benchmark
    public Buffer pushed() {
        return responses.pushed(METRICS);
    }

    /** The response to a pull of 100 texts of 200 bytes. */
    @Benchmark
    public Buffer pulled100Texts() {
        return responses.pulled(1, texts);
    }

    /** The same with JSON bodies, shown in base64. */
    @Benchmark
    public Buffer pulled100Jsons() {
        return responses.pulled(1, jsons);
    }

    /** The size of that response. */
    @Benchmark
    public int sizeOf100Texts() {
        int bytes = 0;
        for (Delivery delivery : texts.deliveries()) {
            bytes += responses.bytesOf(delivery.message().content());
        }
        return bytes;
    }

    /** The response to an acknowledgement. */
    @Benchmark
    public Buffer acked() {
        return responses.acked(100, 0, Map.of());
    }
}
