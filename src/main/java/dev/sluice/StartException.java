package dev.sluice;

import dev.sluice.api.http.InvalidCertificateException;
import dev.sluice.bench.LoadException;
import dev.sluice.config.ConfigException;
import dev.sluice.queue.QueueException;
import dev.sluice.store.StoreException;
import java.net.BindException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.InvalidPathException;
import java.util.concurrent.ExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The server cannot start. The message is one line for the user who starts it. */
public final class StartException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private static final String PORT_IN_USE = "the port is in use";

    public StartException(String message) {
        super(message, null, false, false);
    }

    /**
     * An exception for a listener that cannot be opened.
     *
     * @param key the configuration key of the port
     */
    public static StartException listening(String key, String host, int port, Throwable cause) {
        return new StartException("cannot listen on " + host + ":" + port + " (" + key + "): " + reason(cause));
    }

    /** Whether a start with these values failed because another process listens on a port. */
    public boolean isPortInUse() {
        return String.valueOf(getMessage()).endsWith(PORT_IN_USE);
    }

    private static String reason(Throwable cause) {
        String text = String.valueOf(cause.getMessage());
        if (text.contains("Address already in use")) {
            return PORT_IN_USE;
        }
        if (text.contains("Permission denied")) {
            return "permission denied";
        }
        if (text.contains("assign requested address")) {
            return "this machine does not have that address";
        }
        boolean unresolved = text.contains("Unresolved address");
        if (unresolved || cause instanceof UnknownHostException || cause instanceof UnresolvedAddressException) {
            return "the host is unknown";
        }
        return text;
    }

    /** A one-line message for any failure of a start. Debug level logs the stack trace. */
    public static String lineOf(Throwable failure) {
        boolean isWrapper = failure instanceof ExecutionException || failure instanceof ExceptionInInitializerError;
        if (isWrapper && failure.getCause() != null) {
            return lineOf(failure.getCause());
        }
        if (failure instanceof StartException
                || failure instanceof LoadException
                || failure instanceof ConfigException
                || failure instanceof StoreException
                || failure instanceof QueueException
                || failure instanceof InvalidCertificateException
                || failure instanceof BindException
                || failure instanceof IllegalStateException) {
            return String.valueOf(failure.getMessage());
        }
        if (failure instanceof InvalidPathException name) {
            return "a file name has characters that file names cannot have in this locale: " + name.getInput()
                    + "; LC_ALL=C.UTF-8 is one in which they can";
        }
        Logger log = LoggerFactory.getLogger(StartException.class);
        log.debug("start failed", failure);
        return "cannot start: " + failure + (log.isDebugEnabled() ? "" : " (log.level=debug shows where)");
    }
}
