package dev.sluice.api.binding;

import dev.sluice.api.json.JsonWriter;
import dev.sluice.queue.BacklogStats;
import dev.sluice.runtime.clock.ContinuousClock;
import io.vertx.core.buffer.Buffer;

/**
 * Writes the success responses of the queue binding. Their form is that of workerd: no envelope, names in camel case.
 * One instance per event loop.
 */
final class BindingResponseWriter {
    private static final byte[] METADATA = JsonWriter.ascii("{\"metadata\":{\"metrics\":");
    private static final byte[] END_METADATA = JsonWriter.ascii("}}");
    private static final byte[] BACKLOG_COUNT = JsonWriter.ascii("{\"backlogCount\":");
    private static final byte[] BACKLOG_BYTES = JsonWriter.ascii(",\"backlogBytes\":");
    private static final byte[] OLDEST = JsonWriter.ascii(",\"oldestMessageTimestamp\":");
    private static final byte[] END_METRICS = JsonWriter.ascii("}");

    private final ContinuousClock clock;
    private final JsonWriter json = new JsonWriter();

    BindingResponseWriter(ContinuousClock clock) {
        this.clock = clock;
    }

    /** The response to a message or a batch: the backlog including it. */
    Buffer sent(BacklogStats metrics) {
        json.clear().raw(METADATA);
        write(metrics);
        return json.raw(END_METADATA).toBuffer();
    }

    /** The backlog alone. */
    Buffer metrics(BacklogStats metrics) {
        json.clear();
        write(metrics);
        return json.toBuffer();
    }

    private void write(BacklogStats metrics) {
        json.raw(BACKLOG_COUNT)
                .number(metrics.backlogCount())
                .raw(BACKLOG_BYTES)
                .number(metrics.backlogBytes())
                .raw(OLDEST)
                .number(clock.wallMillis(metrics.oldestTimestampMillis()))
                .raw(END_METRICS);
    }
}
