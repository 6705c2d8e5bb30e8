package dev.sluice.management;

import dev.sluice.runtime.metrics.Meters;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

/**
 * The metrics in Prometheus text format. The first scrape creates the registry, so that a start does not wait for it
 * and a server without scrapes does not need it.
 */
final class PrometheusEndpoint {
    /** The media type of {@link #text()}. */
    static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private final Meters meters;
    private PrometheusMeterRegistry registry;

    PrometheusEndpoint(Meters meters) {
        this.meters = meters;
    }

    /** All metrics. Thread-safe; takes milliseconds. */
    synchronized String text() {
        if (registry == null) {
            registry = open();
        }
        return registry.scrape();
    }

    @SuppressWarnings("resource") // The collectors' listener lives as long as the process.
    private PrometheusMeterRegistry open() {
        PrometheusRegistry collectors = new PrometheusRegistry();
        collectors.register(new MetersCollector(meters));
        PrometheusMeterRegistry opened =
                new PrometheusMeterRegistry(PrometheusConfig.DEFAULT, collectors, Clock.SYSTEM);
        new ClassLoaderMetrics().bindTo(opened);
        new JvmGcMetrics().bindTo(opened);
        new JvmMemoryMetrics().bindTo(opened);
        new JvmThreadMetrics().bindTo(opened);
        new FileDescriptorMetrics().bindTo(opened);
        new ProcessorMetrics().bindTo(opened);
        new UptimeMetrics().bindTo(opened);
        return opened;
    }
}
