package dev.sluice;

import dev.sluice.management.ManagementSettings;
import dev.sluice.store.OpenFileLimit;
import dev.sluice.store.rocksdb.RocksDbStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shares the file descriptors of the process among connections, store and the rest, so that a crowd of connections never
 * takes from the store what it needs to go on, or from the management port its last one.
 *
 * @param filesMax the limit of open files of the process
 */
record ConnectionLimits(long filesMax) {
    /** Connections with TLS that cannot send requests yet, beside those of the API. */
    static final int HANDSHAKES_MAX = 64;

    private static final Logger LOG = LoggerFactory.getLogger(ConnectionLimits.class);
    /** Connections that were accepted and are about to be closed, a backup, the resolver, classes. */
    private static final int SPARE_FILES = 32;
    /** With fewer connections a server is of no use. */
    private static final int CONNECTIONS_MIN = 16;
    /** Connections to workers may take this part of all. */
    private static final int WORKERS_SHARE = 8;

    /** Those of this process. */
    static ConnectionLimits ofProcess() {
        return new ConnectionLimits(OpenFileLimit.max());
    }

    /**
     * How many connections to one worker may be open.
     *
     * @param workers configured workers, from 1
     * @param concurrencyMax batches that one queue may have under way
     */
    int toWorker(int workers, int concurrencyMax) {
        return (int) Math.max(1, Math.min(concurrencyMax, filesMax / WORKERS_SHARE / workers));
    }

    /**
     * How many connections the API may have open. Logs a line if that is less than configured.
     *
     * @param configured {@code http.connections_max}
     * @param filesOpen what is open now, with the store and both listeners' event loops
     * @param toWorkers connections to all workers together
     * @param tls whether connections are pending while they shake hands
     * @throws StartException if there is no room for a useful number
     */
    int toApi(int configured, long filesOpen, int toWorkers, boolean tls) {
        long reserve = filesOpen
                + RocksDbStore.filesMax(filesMax)
                + ManagementSettings.CONNECTIONS_MAX
                + toWorkers
                + (tls ? HANDSHAKES_MAX : 0)
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
