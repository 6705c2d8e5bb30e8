package dev.sluice.management;

import dev.sluice.runtime.metrics.Meters;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/**
 * The metrics in Prometheus text format. The first scrape sets up those of the virtual machine, so that a start does
 * not wait for them and a server without scrapes does not need them.
 */
final class PrometheusEndpoint {
    private static final int INITIAL_BYTES = 16 * 1024;
    private static final PrometheusTextFormatWriter WRITER =
            PrometheusTextFormatWriter.builder().build();
    /** The media type of {@link #text()}. */
    static final String CONTENT_TYPE = WRITER.getContentType();

    private final Meters meters;
    private @Nullable PrometheusRegistry virtualMachine;

    PrometheusEndpoint(Meters meters) {
        this.meters = meters;
    }

    /** All metrics. Thread-safe; takes milliseconds. */
    synchronized Buffer text() {
        if (virtualMachine == null) {
            virtualMachine = new PrometheusRegistry();
            JvmMetrics.builder().register(virtualMachine);
        }
        ByteArrayOutputStream text = new ByteArrayOutputStream(INITIAL_BYTES);
        try {
            WRITER.write(text, meters.snapshots());
            WRITER.write(text, virtualMachine.scrape());
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return Buffer.buffer(text.toByteArray());
    }
}
