package dev.sluice.api.http;

import dev.sluice.config.HttpConfig;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.ServerSSLOptions;
import java.security.cert.X509Certificate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The certificate of the API, its private key, and the certificate authorities of clients. Changed files are loaded
 * without a restart, every two seconds or on {@link #reload}. Open connections keep the old certificate; later ones get
 * the new one. Files that are invalid, or do not match each other because a copy is under way, change nothing. That is
 * logged once, and they are checked again when they change again.
 *
 * <p>One object per process. {@link #reload} may be called by any thread; all else runs on the event loop that called
 * {@link #startReloading} first.
 */
public final class Certificates {
    private static final long CHECK_INTERVAL_MILLIS = 2_000;
    private static final Logger LOG = LoggerFactory.getLogger(Certificates.class);

    private volatile CertificateFiles current;
    /**
     * Why files were rejected last, so that one cause is logged once; null if there was none since the last success.
     */
    private @Nullable String lastRejection;

    private volatile X509Certificate shown;
    private final CertificateExpiry expiry = new CertificateExpiry();
    /** The server whose certificates are reloaded; null before that begins. */
    private volatile @Nullable Listener listener;

    private Future<Void> lastReload = Future.succeededFuture();

    private record Listener(HttpServer server, ServerSSLOptions options, Context owner) {}

    private Certificates(CertificateFiles current, X509Certificate shown) {
        this.current = current;
        this.shown = shown;
    }

    /**
     * Reads and checks the files. Blocks.
     *
     * @throws InvalidCertificateException if they are invalid, or do not match each other
     */
    public static Certificates read(HttpConfig.TlsConfig files) {
        CertificateFiles read = CertificateFiles.read(files);
        X509Certificate shown = read.check();
        return new Certificates(read, shown);
    }

    /** When the current certificate expires, in seconds since the epoch. Callable from any thread. */
    public long expirySeconds() {
        return shown.getNotAfter().toInstant().getEpochSecond();
    }

    /** Configures TLS with the current certificate. */
    public void configure(HttpServerOptions options) {
        ClientAuth clients =
                switch (current.files().clientAuth()) {
                    case NONE -> ClientAuth.NONE;
                    case REQUEST -> ClientAuth.REQUEST;
                    case REQUIRED -> ClientAuth.REQUIRED;
                };
        options.setKeyCertOptions(current.identity()).setClientAuth(clients).setTrustOptions(current.trusted());
    }

    /**
     * Starts to check the files for changes, for a server that listens. All event loops share one listener, so only the
     * first call has an effect.
     */
    public synchronized void startReloading(Vertx vertx, HttpServer server, ServerSSLOptions options) {
        if (listener != null) {
            return;
        }
        listener = new Listener(server, options, vertx.getOrCreateContext());
        expiry.checkNew(current.files().certificate(), shown);
        vertx.setPeriodic(CHECK_INTERVAL_MILLIS, timer -> {
            expiry.check(current.files().certificate(), shown);
            reload();
        });
    }

    /**
     * Reads the files again. Completes when their content is in use. Fails with a message of one line if it is invalid.
     */
    public Future<Void> reload() {
        return reload(current.files());
    }

    /** Reads other files, and uses them from now on. Whether clients are asked for certificates does not change. */
    public Future<Void> reload(HttpConfig.TlsConfig files) {
        Listener reloaded = listener;
        if (reloaded == null) {
            return Future.succeededFuture();
        }
        Promise<Void> done = Promise.promise();
        reloaded.owner().runOnContext(ignored -> {
            // One at a time: concurrent updates of the options of the server collide.
            lastReload = lastReload.otherwiseEmpty().compose(before -> readAndUse(reloaded, files));
            lastReload.onComplete(done);
        });
        return done.future();
    }

    private Future<Void> readAndUse(Listener reloaded, HttpConfig.TlsConfig files) {
        Vertx vertx = reloaded.owner().owner();
        return vertx.executeBlocking(() -> CertificateFiles.read(files))
                .compose(read -> read.hasSameContent(current)
                        ? Future.succeededFuture()
                        : vertx.executeBlocking(read::check).compose(used -> use(reloaded, read, used)))
                .onSuccess(inUse -> lastRejection = null)
                .onFailure(this::reject);
    }

    private Future<Void> use(Listener reloaded, CertificateFiles read, X509Certificate used) {
        ServerSSLOptions changed = reloaded.options().copy();
        changed.setKeyCertOptions(read.identity()).setTrustOptions(read.trusted());
        return reloaded.server().updateSSLOptions(changed, true).map(updated -> {
            current = read;
            shown = used;
            LOG.info("The certificate in {} was loaded again", read.files().certificate());
            expiry.checkNew(read.files().certificate(), used);
            return null;
        });
    }

    private void reject(Throwable failure) {
        String reason = String.valueOf(failure.getMessage());
        if (!reason.equals(lastRejection)) {
            lastRejection = reason;
            LOG.warn("The changed certificate cannot be used, the old one stays: {}", reason);
        }
    }
}
