package dev.sluice.api.http;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.ServerSSLOptions;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The certificate that the API shows, its key, and the authorities of clients. New ones are taken into use without a restart, when the
 * files change or on {@link #reload}: connections that are open go on with the old ones, later ones get the new ones. Files that
 * cannot be used, or do not belong together, as between two copies, change nothing; that is logged once, and they are read again
 * when they change again.
 *
 * <p>One object per process. {@link #reload} may be called by any thread; all else belongs to the event loop on which {@link #serve} was called first.
 */
public final class Certificates {
    private static final long LOOK_MILLIS = 2_000;
    private static final Logger LOG = LoggerFactory.getLogger(Certificates.class);

    private volatile CertificateFiles used;
    /** What was refused last, so that it is refused once; null if nothing was since the last success. */
    private String refused;

    private HttpServer server;
    private ServerSSLOptions options;
    private volatile Context owner;
    private Future<Void> last = Future.succeededFuture();

    private Certificates(CertificateFiles used) {
        this.used = used;
    }

    /**
     * Reads and checks the files. Blocks.
     *
     * @throws InvalidCertificateException if they cannot be used, or do not belong together
     */
    public static Certificates read(HttpOptions.TlsOptions files) {
        CertificateFiles read = CertificateFiles.read(files);
        warnIfNotValid(files, read.check());
        return new Certificates(read);
    }

    /** Turns on TLS 1.2 and 1.3 with them. */
    public void secure(HttpServerOptions options) {
        options.setKeyCertOptions(used.identity());
        HttpOptions.ClientCertificates clients = used.files().clients();
        if (clients != null) {
            options.setClientAuth(clients.required() ? ClientAuth.REQUIRED : ClientAuth.REQUEST)
                    .setTrustOptions(used.trusted());
        }
    }

    /**
     * Looks after the files from now on, for a server that listens. All event loops share one listener, so the first call counts
     * and the others do nothing.
     */
    public synchronized void serve(Vertx vertx, HttpServer listening, ServerSSLOptions listensWith) {
        if (owner != null) {
            return;
        }
        server = listening;
        options = listensWith;
        owner = vertx.getOrCreateContext();
        vertx.setPeriodic(LOOK_MILLIS, timer -> reload());
    }

    /** Reads the files again; completes when what they hold is in use, and fails with one line if it cannot be. */
    public Future<Void> reload() {
        return reload(used.files());
    }

    /** The same with other files. What is asked of clients stays as it was at the start. */
    public Future<Void> reload(HttpOptions.TlsOptions files) {
        Context context = owner;
        if (context == null) {
            return Future.succeededFuture();
        }
        Promise<Void> done = Promise.promise();
        context.runOnContext(turn -> {
            // One after the other: two updates at once collide.
            last = last.otherwiseEmpty().compose(before -> readAndUse(context.owner(), files));
            last.onComplete(done);
        });
        return done.future();
    }

    private Future<Void> readAndUse(Vertx vertx, HttpOptions.TlsOptions files) {
        return vertx.executeBlocking(() -> CertificateFiles.read(files))
                .compose(read -> read.holdsTheSameAs(used)
                        ? Future.succeededFuture()
                        : vertx.executeBlocking(read::check).compose(shown -> use(read, shown)))
                .onSuccess(inUse -> refused = null)
                .onFailure(this::refuse);
    }

    private Future<Void> use(CertificateFiles read, X509Certificate shown) {
        ServerSSLOptions changed = options.copy();
        changed.setKeyCertOptions(read.identity()).setTrustOptions(read.trusted());
        return server.updateSSLOptions(changed, true).map(updated -> {
            used = read;
            LOG.info("The certificate in {} was loaded again", read.files().certificatePath());
            warnIfNotValid(read.files(), shown);
            return null;
        });
    }

    private void refuse(Throwable failure) {
        String reason = String.valueOf(failure.getMessage());
        if (!reason.equals(refused)) {
            refused = reason;
            LOG.warn("The changed certificate cannot be used, the old one stays: {}", reason);
        }
    }

    private static void warnIfNotValid(HttpOptions.TlsOptions files, X509Certificate shown) {
        try {
            shown.checkValidity();
        } catch (CertificateException notNow) {
            LOG.warn(
                    "The certificate in {} is valid from {} to {} only; clients will refuse it",
                    files.certificatePath(),
                    shown.getNotBefore().toInstant(),
                    shown.getNotAfter().toInstant());
        }
    }
}
