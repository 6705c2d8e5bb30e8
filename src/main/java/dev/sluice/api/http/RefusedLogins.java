package dev.sluice.api.http;

import io.vertx.core.http.HttpServerRequest;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * Logs refused credentials: of each reason the first one at once, then one line a minute at most, with the number of
 * those in between. So an attack, or a client with an old token, does not fill the log. Never logs a credential.
 *
 * <p>One object per process, safe for use from several threads.
 */
public final class RefusedLogins {
    /** Why a request was refused. */
    public enum Reason {
        MISSING("no credentials"),
        UNKNOWN("unknown credentials"),
        READ_ONLY("a token that may only read"),
        OTHER_ACCOUNT("a token for other accounts"),
        CODE_UNKNOWN("an unknown, used or expired code of the console");

        private final String text;

        Reason(String text) {
            this.text = text;
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(RefusedLogins.class);
    private static final long INTERVAL_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final LongSupplier nanoTime;
    private final Map<Reason, ReasonState> states = new EnumMap<>(Reason.class);

    /** When a reason was logged last, and how often it occurred since. */
    private static final class ReasonState {
        private long loggedNanos;
        private long suppressed;
        private boolean everLogged;
    }

    /** @param nanoTime as {@link System#nanoTime} */
    public RefusedLogins(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        for (Reason reason : Reason.values()) {
            states.put(reason, new ReasonState());
        }
    }

    /** Logs it, or counts it for the next line. */
    public void refused(Reason reason, HttpServerRequest request) {
        refused(reason, request, "");
    }

    /**
     * The same.
     *
     * @param principal the name of the credential; empty if it is unknown
     */
    public void refused(Reason reason, HttpServerRequest request, String principal) {
        long suppressed;
        synchronized (this) {
            ReasonState state = Objects.requireNonNull(states.get(reason));
            long now = nanoTime.getAsLong();
            if (state.everLogged && now - state.loggedNanos < INTERVAL_NANOS) {
                state.suppressed++;
                return;
            }
            suppressed = state.suppressed;
            state.everLogged = true;
            state.loggedNanos = now;
            state.suppressed = 0;
        }
        LoggingEventBuilder event = LOG.atWarn()
                .addKeyValue("request_id", AccessLog.idOf(request))
                .addKeyValue("path", AccessLog.pathOf(request))
                .addKeyValue("client", AccessLog.clientOf(request));
        if (!principal.isEmpty()) {
            event = event.addKeyValue("principal", principal);
        }
        if (suppressed > 0) {
            event = event.addKeyValue("not_logged", suppressed);
        }
        event.log("A request was refused: {}", reason.text);
    }
}
