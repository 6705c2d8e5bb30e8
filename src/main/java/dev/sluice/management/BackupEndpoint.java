package dev.sluice.management;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * {@code POST /backup?to=DIR}: a copy of the store into a new directory of this machine. Writes where the caller says, so only
 * callers of this machine are heard, and only with a header that no web page can send here without being allowed to.
 */
final class BackupEndpoint {
    static final String PATH = "/backup";
    private static final String HEADER = "x-sluice-backup";

    /** What is to be answered. */
    record Outcome(int status, String text) {}

    private final Consumer<Path> copy;

    /** An endpoint over what makes the copy; that blocks, and throws an exception with one line if it cannot. */
    BackupEndpoint(Consumer<Path> copy) {
        this.copy = copy;
    }

    void answer(Vertx vertx, HttpServerRequest request, Consumer<Outcome> reply) {
        Outcome refusal = refusalOf(request);
        if (refusal != null) {
            reply.accept(refusal);
            return;
        }
        Path directory;
        try {
            directory = Path.of(request.getParam("to", ""));
        } catch (InvalidPathException malformed) {
            reply.accept(new Outcome(400, "to is no path"));
            return;
        }
        if (!directory.isAbsolute()) {
            reply.accept(new Outcome(400, "to must be an absolute path"));
            return;
        }
        vertx.executeBlocking(() -> {
                    copy.accept(directory);
                    return null;
                })
                .onComplete(done -> reply.accept(
                        done.succeeded()
                                ? new Outcome(200, "copied to " + directory)
                                : new Outcome(409, done.cause().getMessage())));
    }

    private static Outcome refusalOf(HttpServerRequest request) {
        if (request.method() != HttpMethod.POST) {
            return new Outcome(405, "POST only");
        }
        if (!isOfThisMachine(request)) {
            return new Outcome(403, "only from this machine");
        }
        return request.getHeader(HEADER) == null ? new Outcome(403, "the header " + HEADER + " is missing") : null;
    }

    private static boolean isOfThisMachine(HttpServerRequest request) {
        String address = request.remoteAddress().hostAddress();
        return address != null
                && (address.startsWith("127.") || address.equals("::1") || address.equals("0:0:0:0:0:0:0:1"));
    }
}
