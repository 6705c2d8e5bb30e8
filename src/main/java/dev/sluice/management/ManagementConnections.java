package dev.sluice.management;

import dev.sluice.runtime.TimeoutQueue;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The open connections of the management port. Each serves one request. Its headerTimeouts must arrive, and its response must
 * be read, within a timeout; otherwise the connection is closed at once. There is no timeout while the response is
 * produced.
 *
 * <p>Owned by one event loop.
 */
final class ManagementConnections {
    private final int connectionsMax;
    private final TimeoutQueue headerTimeouts;
    private final TimeoutQueue responseTimeouts;
    /** Oldest first. */
    private final Map<HttpConnection, ManagementConnection> open = new LinkedHashMap<>();

    /**
     * Creates a tracker without connections.
     *
     * @param headerMillis time from the opening of a connection to the end of the headers, at least 1
     * @param responseMillis time for the client to read the response, at least 1
     */
    ManagementConnections(Vertx vertx, int connectionsMax, long headerMillis, long responseMillis) {
        this.connectionsMax = connectionsMax;
        this.headerTimeouts = new TimeoutQueue(vertx, headerMillis);
        this.responseTimeouts = new TimeoutQueue(vertx, responseMillis);
    }

    /**
     * Adds a new connection. At the limit the oldest connection without a request is closed; if there is none, the new
     * one.
     */
    void onOpen(HttpConnection connection) {
        if (open.size() >= connectionsMax && !closeOldestWithoutRequest()) {
            abort(connection);
            return;
        }
        ManagementConnection added = new ManagementConnection(connection);
        open.put(connection, added);
        added.startTimeout(headerTimeouts);
        connection.closeHandler(closed -> {
            open.remove(connection);
            added.startTimeout(null);
        });
    }

    /**
     * The headerTimeouts of a request have arrived. Returns true for the first request of a connection, which is the only one
     * that is served.
     */
    boolean onRequest(HttpConnection connection) {
        ManagementConnection known = open.get(connection);
        if (known == null || known.requested) {
            return false;
        }
        known.requested = true;
        known.startTimeout(null);
        return true;
    }

    /** The response is ready; the timeout for reading known starts. */
    void onResponse(HttpConnection connection) {
        ManagementConnection known = open.get(connection);
        if (known != null) {
            known.startTimeout(responseTimeouts);
        }
    }

    private boolean closeOldestWithoutRequest() {
        for (ManagementConnection each : open.values()) {
            if (!each.requested) {
                open.remove(each.connection);
                each.startTimeout(null);
                abort(each.connection);
                return true;
            }
        }
        return false;
    }

    /** Closes at once. The public API of Vert.x would wait until the written data is sent, possibly without end. */
    @SuppressWarnings("FutureReturnValueIgnored") // Nothing waits for the end of the connection.
    private static void abort(HttpConnection connection) {
        ((ConnectionBase) connection).channelHandlerContext().close();
    }

    /** An open connection. */
    private static final class ManagementConnection extends TimeoutQueue.Entry {
        private final HttpConnection connection;
        private boolean requested;
        private @Nullable TimeoutQueue timeouts;

        private ManagementConnection(HttpConnection connection) {
            this.connection = connection;
        }

        private void startTimeout(@Nullable TimeoutQueue next) {
            if (timeouts != null) {
                timeouts.remove(this);
            }
            timeouts = next;
            if (next != null) {
                next.add(this);
            }
        }

        @Override
        protected void onTimeout() {
            abort(connection);
        }
    }
}
