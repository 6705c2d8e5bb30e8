package dev.sluice.management;

import dev.sluice.runtime.QueueBacklog;
import dev.sluice.runtime.metrics.Meters;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The metrics in Prometheus text format. The first scrape sets up those of the virtual machine, so that a start does
 * not wait for them and a server without scrapes does not need them.
 *
 * <p>Confined to one event loop. The text is made on a worker thread, one at a time: scrapes that come meanwhile share
 * it.
 */
final class PrometheusEndpoint {
    private static final int BYTES_MIN = 16 * 1024;
    private static final PrometheusTextFormatWriter WRITER =
            PrometheusTextFormatWriter.builder().build();
    /** The media type of the text. */
    static final String CONTENT_TYPE = WRITER.getContentType();

    private final Meters meters;
    private final QueueSource queues;
    private final QueueSeries series;
    private @Nullable PrometheusRegistry virtualMachine;
    private int lastBytes;
    private @Nullable Future<Buffer> inProgress;

    PrometheusEndpoint(Meters meters, QueueSource queues, int queuesMax) {
        this.meters = meters;
        this.queues = queues;
        this.series = new QueueSeries(queuesMax);
        meters.describe(QueueSeries.descriptions());
    }

    /** All metrics. Takes milliseconds, and about 4 µs more per queue. */
    Future<Buffer> text(Vertx vertx) {
        Future<Buffer> shared = inProgress;
        if (shared != null) {
            return shared;
        }
        Context context = vertx.getOrCreateContext();
        Promise<List<QueueBacklog>> read = Promise.promise();
        // The backlogs come from the event loops of their queues.
        queues.backlogs().get().onComplete(result -> context.runOnContext(here -> read.handle(result)));
        Future<Buffer> started = read.future().compose(all -> vertx.executeBlocking(() -> text(all), false));
        inProgress = started;
        started.onComplete(ended -> inProgress = null);
        return started;
    }

    private Buffer text(List<QueueBacklog> read) {
        if (virtualMachine == null) {
            virtualMachine = new PrometheusRegistry();
            JvmMetrics.builder().register(virtualMachine);
        }
        SeriesText text = new SeriesText(Math.max(BYTES_MIN, lastBytes + lastBytes / 8));
        try {
            WRITER.write(text, meters.snapshots());
            series.write(read, queues.nowMillis().getAsLong(), text);
            WRITER.write(text, virtualMachine.scrape());
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        Buffer written = text.toBuffer();
        lastBytes = written.length();
        return written;
    }
}
