package dev.sluice;

import dev.sluice.api.http.AccessLog;
import dev.sluice.api.http.Certificates;
import dev.sluice.api.http.ConnectionLimit;
import dev.sluice.config.ServerConfig;
import dev.sluice.config.StorageConfig;
import dev.sluice.queue.ByteBudget;
import dev.sluice.runtime.metrics.Meters;
import dev.sluice.store.QueueStore;
import dev.sluice.store.StoreFigures;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Adds the metrics of parts that do not count themselves. */
final class ServerMeters {
    private final Meters meters;

    ServerMeters(Meters meters) {
        this.meters = meters;
    }

    /** Version of Sluice and of Java. */
    void addBuild() {
        meters.info(
                "sluice_build_info",
                "Version of this server.",
                new TreeMap<>(Map.of(
                        "version", version(), "java_version", Runtime.version().toString())));
    }

    /** The version that the build wrote into the jar. */
    static String version() {
        String version = ServerMeters.class.getPackage().getImplementationVersion();
        return version == null ? "(not packaged)" : version;
    }

    /** State and figures of the store. */
    void addStore(QueueStore store, ServerConfig config) {
        meters.gauge(
                "sluice_store_failed",
                "1 while nothing can be stored.",
                () -> store.failure().isPresent() ? 1 : 0);
        meters.counter(
                "sluice_store_reopenings_total",
                "Times the store was opened again in place.",
                () -> Math.max(0, store.catalogGeneration()));
        meters.gauge("sluice_store_waiting_bytes", "Bytes that wait to be written.", store::bytesWaiting);
        boolean isOnDisk = config.storage().engine() == StorageConfig.Engine.ROCKSDB;
        meters.gauges(
                () -> isOnDisk ? Optional.of(store) : Optional.empty(),
                List.of(
                        new Meters.GaugeOf<>(
                                "sluice_store_free_bytes", "Free bytes of the file system.", QueueStore::freeBytes),
                        new Meters.GaugeOf<>(
                                "sluice_store_free_bytes_min",
                                "Free bytes below which pushes are refused.",
                                any -> config.storage().freeBytesMin())));
        meters.gauges(store::figures, STORE_GAUGES);
        ShardMeters.add(meters, store);
    }

    private static final List<Meters.GaugeOf<StoreFigures>> STORE_GAUGES = List.of(
            new Meters.GaugeOf<>(
                    "sluice_store_log_bytes",
                    "Files of the write-ahead log, also those kept for reuse.",
                    StoreFigures::logBytes),
            new Meters.GaugeOf<>("sluice_store_table_bytes", "Tables in use.", StoreFigures::tableBytes),
            new Meters.GaugeOf<>(
                    "sluice_store_memtable_bytes",
                    "Write buffers that are not in tables yet.",
                    StoreFigures::memtableBytes),
            new Meters.GaugeOf<>(
                    "sluice_store_block_cache_bytes", "Cached blocks of tables.", StoreFigures::blockCacheBytes),
            new Meters.GaugeOf<>(
                    "sluice_store_pending_compaction_bytes",
                    "Estimate of what compactions still have to rewrite.",
                    StoreFigures::pendingCompactionBytes),
            new Meters.GaugeOf<>(
                    "sluice_store_running_compactions", "Compactions in progress.", StoreFigures::runningCompactions),
            new Meters.GaugeOf<>(
                    "sluice_store_running_flushes",
                    "Flushes of write buffers in progress.",
                    StoreFigures::runningFlushes),
            new Meters.GaugeOf<>(
                    "sluice_store_write_stopped",
                    "1 while the engine accepts no writes because compactions are behind.",
                    StoreFigures::writeStopped),
            new Meters.GaugeOf<>(
                    "sluice_store_delayed_write_bytes_per_second",
                    "The rate to which the engine slows writes down; 0 if it does not.",
                    StoreFigures::delayedWriteBytesPerSecond));

    /** Connections of the API and memory of responses. */
    void addConnections(ConnectionLimit connections, ByteBudget responses) {
        meters.gauge("sluice_open_connections", "Open connections of the API.", connections::open);
        meters.gauge(
                "sluice_pending_response_bytes",
                "Bytes of responses that clients have not taken yet.",
                responses::reservedBytes);
    }

    /** The access log. */
    void addAccessLog(AccessLog log) {
        meters.counter(
                "sluice_access_log_dropped_total",
                "Lines of the access log that were dropped because the output was too slow.",
                log::dropped);
    }

    /** The certificate, if there is one. */
    void addCertificate(Optional<Certificates> certificates) {
        meters.gauges(
                () -> certificates,
                List.of(new Meters.GaugeOf<>(
                        "sluice_certificate_expiry_timestamp_seconds",
                        "When the certificate of the API expires.",
                        Certificates::expirySeconds)));
    }
}
