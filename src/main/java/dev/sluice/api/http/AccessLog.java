package dev.sluice.api.http;

import dev.sluice.api.auth.Principal;
import dev.sluice.config.AccessLogMode;
import dev.sluice.queue.QueueDefinition;
import dev.sluice.runtime.RequestIds;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.net.SocketAddress;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * The access log: one line per response. A thread of its own writes it, so that no event loop waits
 * for the output. At most {@value #PENDING_MAX} lines wait; further ones are dropped and counted.
 *
 * <p>One object per process, safe for use from several threads.
 */
public final class AccessLog {
    /** The name of its logger. Its lines have level INFO, whatever the level of the other loggers is. */
    public static final String LOGGER = "dev.sluice.access";

    /** Lines that wait at most. */
    public static final int PENDING_MAX = 4_096;
    /** The status of a request whose client has gone before the response, as other servers log it. */
    static final int CLIENT_GONE = 499;

    private static final Logger LOG = LoggerFactory.getLogger(LOGGER);
    private static final int ERRORS_FROM = 400;
    private static final int PATH_CHARS_MAX = 200;
    private static final double MICROS_PER_MILLI = 1_000;
    private static final long STOP_MILLIS_MAX = 1_000;

    private final ArrayBlockingQueue<AccessLine> pending = new ArrayBlockingQueue<>(PENDING_MAX);
    private final LongAdder dropped = new LongAdder();
    private volatile AccessLogMode mode;
    private volatile boolean stopping;
    private volatile @Nullable Thread writer;

    /** A log of the requests that the mode selects. */
    public AccessLog(AccessLogMode mode) {
        this.mode = mode;
    }

    /** What is logged of a request. The path has no query, which could hold anything. */
    private record AccessLine(
            String requestId,
            String method,
            String path,
            String client,
            @Nullable Principal caller,
            @Nullable QueueDefinition queue,
            int status,
            long bytesIn,
            String bytesOut,
            long nanos) {}

    /** Selects other requests from now on. */
    public void mode(AccessLogMode newMode) {
        mode = newMode;
    }

    /** Lines that were dropped because the output was too slow. */
    public long dropped() {
        return dropped.sum();
    }

    /**
     * Logs a request whose response was handed to the connection, or cannot be.
     *
     * @param caller null if the credentials identify none
     * @param queue null if the request has none
     * @param nanos since the arrival of its headers
     */
    public void record(
            HttpServerRequest request, @Nullable Principal caller, @Nullable QueueDefinition queue, long nanos) {
        AccessLogMode selected = mode;
        if (selected == AccessLogMode.OFF) {
            return;
        }
        HttpServerResponse response = request.response();
        int status = response.closed() && !response.ended() ? CLIENT_GONE : response.getStatusCode();
        if (selected == AccessLogMode.ERRORS && status < ERRORS_FROM) {
            return;
        }
        String length = response.headers().get(HttpHeaders.CONTENT_LENGTH);
        AccessLine line = new AccessLine(
                idOf(request),
                request.method().name(),
                pathOf(request),
                clientOf(request),
                caller,
                queue,
                status,
                request.bytesRead(),
                length == null ? "0" : length,
                nanos);
        if (pending.offer(line)) {
            startWriter();
        } else {
            dropped.increment();
        }
    }

    /** The id of a request, which is in its response from the beginning. */
    public static String idOf(HttpServerRequest request) {
        return String.valueOf(request.response().headers().get(RequestIds.HEADER));
    }

    /** The address of the client, or of the proxy in front. */
    public static String clientOf(HttpServerRequest request) {
        SocketAddress address = request.remoteAddress();
        return address == null || address.hostAddress() == null ? "-" : address.hostAddress();
    }

    /** The beginning of the path, which may be malformed. */
    public static String pathOf(HttpServerRequest request) {
        String path = request.path();
        if (path == null) {
            return "-";
        }
        return path.length() > PATH_CHARS_MAX ? path.substring(0, PATH_CHARS_MAX) + "…" : path;
    }

    /** Without requests to log there is no thread. */
    private void startWriter() {
        if (writer == null && !stopping) {
            synchronized (this) {
                if (writer == null && !stopping) {
                    Thread started = new Thread(this::writeLines, "sluice-access-log");
                    started.setDaemon(true);
                    started.start();
                    writer = started;
                }
            }
        }
    }

    private void writeLines() {
        try {
            while (true) {
                write(pending.take());
            }
        } catch (InterruptedException stopped) {
            for (AccessLine line = pending.poll(); line != null; line = pending.poll()) {
                write(line);
            }
        }
    }

    private static void write(AccessLine line) {
        LoggingEventBuilder event = LOG.atInfo()
                .addKeyValue("request_id", line.requestId())
                .addKeyValue("method", line.method())
                .addKeyValue("path", line.path())
                .addKeyValue("status", line.status());
        if (line.caller() != null) {
            event = event.addKeyValue("principal", line.caller().name());
        }
        if (line.queue() != null) {
            event = event.addKeyValue("account", line.queue().accountId())
                    .addKeyValue("queue", line.queue().name());
        }
        event.addKeyValue("bytes_in", line.bytesIn())
                .addKeyValue("bytes_out", Long.valueOf(line.bytesOut()))
                .addKeyValue("millis", TimeUnit.NANOSECONDS.toMicros(line.nanos()) / MICROS_PER_MILLI)
                .addKeyValue("client", line.client())
                .log("request");
    }

    /** Writes what waits, and ends. Later requests are not logged. Blocks for a second at most. */
    public void stop() {
        Thread running;
        synchronized (this) {
            stopping = true;
            mode = AccessLogMode.OFF;
            running = writer;
        }
        if (running != null) {
            running.interrupt();
            try {
                running.join(STOP_MILLIS_MAX);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
