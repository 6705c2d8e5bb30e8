package dev.sluice.api.message;

import dev.sluice.config.MessagesConfig;
import dev.sluice.queue.Limits;
import dev.sluice.queue.NewMessage;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
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

/** Request bodies of pushes to messages. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class MessageDecoderBenchmark {
    private static final int BATCH = 100;

    private final MessageDecoder decoder =
            new MessageDecoder(Limits.DOCUMENTED, MessagesConfig.DEFAULT, new MessageIds());
    private final byte[] text = utf8(textPush("x".repeat(200)));
    private final byte[] escapedText = utf8(textPush("line\\n\\\"quoted\\\" \\u00e9 ".repeat(10)));
    private final byte[] umlauts = utf8(textPush("ä".repeat(100)));
    private final byte[] json = utf8("{\"content_type\":\"json\",\"body\":{\"items\":["
            + String.join(
                    ",",
                    Collections.nCopies(20, "{\"id\": 4711, \"name\": \"an order\", \"price\": 19.99, \"open\": true}"))
            + "]}}");
    private final byte[] batch =
            utf8("{\"messages\":[" + String.join(",", Collections.nCopies(BATCH, textPush("x".repeat(200)))) + "]}");

    /** 200 bytes of plain text. */
    @Benchmark
    public NewMessage text() {
        return decoder.single(text);
    }

    /** 200 characters with escapes. */
    @Benchmark
    public NewMessage textWithEscapes() {
        return decoder.single(escapedText);
    }

    /** 100 characters of two bytes. */
    @Benchmark
    public NewMessage textBeyondAscii() {
        return decoder.single(umlauts);
    }

    /** A JSON body of 1.3 KB. */
    @Benchmark
    public NewMessage json() {
        return decoder.single(json);
    }

    /** 100 messages of 200 bytes. */
    @Benchmark
    public List<NewMessage> batchOf100() {
        return decoder.batch(batch);
    }

    private static String textPush(String body) {
        return "{\"body\":\"" + body + "\",\"content_type\":\"text\"}";
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
