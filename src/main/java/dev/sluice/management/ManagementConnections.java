package dev.sluice.management;

import dev.sluice.runtime.TimeoutQueue;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The open connections of the management port. Each carries one request, whose headers must arrive in time, and whose answer must be taken in
 * time; else the connection is closed at once. In between, while the answer is made, there is no deadline.
 *
 * <p>Owned by one event loop.
 */
final class ManagementConnections {
    private final int connectionsMax;
    private final TimeoutQueue headers;
    private final TimeoutQueue answers;
    /** Oldest first. */
    private final Map<HttpConnection, ManagementConnection> open = new LinkedHashMap<>();

    ManagementConnections(Vertx vertx, ManagementSettings settings) {
        this.connectionsMax = settings.connectionsMax();
        this.headers = new TimeoutQueue(vertx, settings.headerMillis());
        this.answers = new TimeoutQueue(vertx, settings.answerMillis());
    }

    /** A new connection. At the limit the oldest one without a request is closed for it; if there is none, the new one. */
    void opened(HttpConnection connection) {
        if (open.size() >= connectionsMax && !closeOldestWithoutRequest()) {
            abort(connection);
            return;
        }
        ManagementConnection it = new ManagementConnection(connection);
        open.put(connection, it);
        it.await(headers);
        connection.closeHandler(closed -> {
            open.remove(connection);
            it.await(null);
        });
    }

    /** The headers of a request have arrived; answers whether it is the first one of its connection, which alone is served. */
    boolean received(HttpConnection connection) {
        ManagementConnection it = open.get(connection);
        if (it == null || it.requested) {
            return false;
        }
        it.requested = true;
        it.await(null);
        return true;
    }

    /** The answer is made; the client has to take it. */
    void answered(HttpConnection connection) {
        ManagementConnection it = open.get(connection);
        if (it != null) {
            it.await(answers);
        }
    }

    private boolean closeOldestWithoutRequest() {
        for (ManagementConnection each : open.values()) {
            if (!each.requested) {
                open.remove(each.connection);
                each.await(null);
                abort(each.connection);
                return true;
            }
        }
        return false;
    }

    /** Closes at once. The public way waits until what was written is taken, perhaps for ever. */
    private static void abort(HttpConnection connection) {
        ((ConnectionBase) connection).channelHandlerContext().close();
    }

    /** An open connection. */
    private static final class ManagementConnection extends TimeoutQueue.Entry {
        private final HttpConnection connection;
        private boolean requested;
        private TimeoutQueue deadlines;

        private ManagementConnection(HttpConnection connection) {
            this.connection = connection;
        }

        private void await(TimeoutQueue next) {
            if (deadlines != null) {
                deadlines.remove(this);
            }
            deadlines = next;
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
