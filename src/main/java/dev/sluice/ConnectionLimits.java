package dev.sluice;

import dev.sluice.management.ManagementVerticle;
import dev.sluice.store.OpenFileLimit;
import dev.sluice.store.rocksdb.RocksDbStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Divides the file descriptors of the process among connections, store and everything else. Many connections can
 * therefore not take descriptors that the store or the management port needs.
 *
 * @param filesMax the process's limit of open files
 */
record ConnectionLimits(long filesMax) {
    /** TLS connections whose handshake is not complete, in addition to the connections of the API. */
    static final int HANDSHAKES_MAX = 64;

    private static final Logger LOG = LoggerFactory.getLogger(ConnectionLimits.class);
    /** Listeners of API and management port. */
    private static final int LISTENERS = 2;
    /** For a backup, the name resolver and class files. */
    private static final int SPARE_FILES = 16;
    /** Accepted connections that are not set up yet use at most 1/64 of all file descriptors for each listener. */
    private static final int PENDING_SHARE = 64;

    private static final int PENDING_MIN = 8;
    /** More would not be accepted faster. */
    private static final int PENDING_MAX = 256;
    /** The server does not start if fewer connections are possible. */
    private static final int CONNECTIONS_MIN = 16;
    /** Connections to workers use at most 1/8 of all file descriptors. */
    private static final int WORKERS_SHARE = 8;

    /** The limits of this process. */
    static ConnectionLimits ofProcess() {
        return new ConnectionLimits(OpenFileLimit.max());
    }

    /** The maximum of connections of one listener that are accepted and not set up yet. */
    int pending() {
        return (int) Math.max(PENDING_MIN, Math.min(PENDING_MAX, filesMax / PENDING_SHARE));
    }

    /**
     * The maximum of open connections to one worker.
     *
     * @param workers number of configured workers, at least 1
     * @param concurrencyMax batches that one queue may have in progress
     */
    int toWorker(int workers, int concurrencyMax) {
        return (int) Math.max(1, Math.min(concurrencyMax, filesMax / WORKERS_SHARE / workers));
    }

    /**
     * The maximum of open connections of the API. Logs a warning if that is less than configured.
     *
     * @param configured {@code http.connections_max}
     * @param filesOpen files that are open now, including the store and the event loops of both listeners
     * @param toWorkers maximum of connections to all workers together
     * @param tls whether there are connections in a TLS handshake
     * @throws StartException if fewer than {@value #CONNECTIONS_MIN} connections are possible
     */
    int toApi(int configured, long filesOpen, int toWorkers, boolean tls) {
        long reserve = filesOpen
                + RocksDbStore.filesMax(filesMax)
                + ManagementVerticle.CONNECTIONS_MAX
                + toWorkers
                + (tls ? HANDSHAKES_MAX : 0)
                + LISTENERS * (long) pending()
                + SPARE_FILES;
        long room = filesMax - reserve;
        if (room >= configured) {
            return configured;
        }
        if (room < CONNECTIONS_MIN) {
            throw new StartException("the limit of open files (ulimit -n) is " + filesMax + "; at least "
                    + (reserve + CONNECTIONS_MIN) + " are needed");
        }
        LOG.warn(
                "The limit of open files (ulimit -n) is {}, so {} connections are accepted instead of http.connections_max"
                        + " {}",
                filesMax,
                room,
                configured);
        return (int) room;
    }
}
