package dev.sluice.runtime;

import dev.sluice.queue.QueueDefinition;
import dev.sluice.runtime.bus.QueueClient;
import dev.sluice.runtime.catalog.CatalogView;
import dev.sluice.runtime.metrics.QueueRates;
import dev.sluice.runtime.redrive.Redrives;
import io.vertx.core.Vertx;
import java.util.stream.Collectors;

/**
 * What the runtime offers beyond the Queues API.
 *
 * @param browser shows messages without leasing them
 * @param rates messages per second of each queue
 * @param redrives moves dead letters back
 * @param samplingTimer of the rates
 */
public record RuntimeExtensions(QueueBrowser browser, QueueRates rates, Redrives redrives, long samplingTimer) {
    /** Starts them on the caller's context. Redrives do not run before they are resumed. */
    static RuntimeExtensions start(
            Vertx vertx, RuntimeResources resources, CatalogView catalog, QueueClient queueClient) {
        QueueBrowser browser = new QueueBrowser(vertx, resources);
        QueueRates rates = new QueueRates(resources.meters());
        Redrives redrives = new Redrives(vertx, vertx.getOrCreateContext(), resources, catalog, browser, queueClient);
        long sampling = vertx.setPeriodic(
                QueueRates.INTERVAL_MILLIS,
                timer -> rates.sample(
                        catalog.allQueues().stream()
                                .map(QueueDefinition::number)
                                .collect(Collectors.toSet()),
                        System.nanoTime()));
        return new RuntimeExtensions(browser, rates, redrives, sampling);
    }

    /** Stops what runs in the background. */
    void stop(Vertx vertx) {
        redrives.stop();
        vertx.cancelTimer(samplingTimer);
    }
}
