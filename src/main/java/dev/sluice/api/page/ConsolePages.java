package dev.sluice.api.page;

import dev.sluice.api.Pages;
import dev.sluice.api.auth.ConsoleSessions;
import dev.sluice.api.error.EdgeError;
import dev.sluice.api.http.RefusedLogins;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The console: a page of plain ES modules that speaks the API, and the exchange of one-time codes for sessions. Serves
 * the same bytes to everyone; all data comes from operations that need a credential.
 */
public final class ConsolePages implements Pages {
    /** Nothing from other hosts, no inline code, no frames around it. */
    private static final String SECURITY_POLICY = "default-src 'none'; script-src 'self'; style-src 'self';"
            + " img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static final String BASE = "/console";
    private static final String CODE_HEADER = "sluice-console-code";
    private static final List<String> FILES = List.of(
            "index.html",
            "console.css",
            "icon.svg",
            "main.js",
            "api.js",
            "body.js",
            "chart.js",
            "format.js",
            "messages.js",
            "overview.js",
            "parts.js",
            "queue.js",
            "redrives.js",
            "licenses.txt",
            "lib/preact.js",
            "lib/uplot.js",
            "lib/uplot.css");

    private final ConsoleSessions sessions;
    private final RefusedLogins refusedLogins;
    private final Map<String, StaticFile> files;
    private final StaticFile index;

    private ConsolePages(
            ConsoleSessions sessions, RefusedLogins refusedLogins, Map<String, StaticFile> files, StaticFile index) {
        this.sessions = sessions;
        this.refusedLogins = refusedLogins;
        this.files = files;
        this.index = index;
    }

    /** Reads the files of the console, on a worker thread. */
    public static Future<ConsolePages> load(Vertx vertx, ConsoleSessions sessions, RefusedLogins refusedLogins) {
        return vertx.executeBlocking(() -> {
            Map<String, StaticFile> files = new LinkedHashMap<>();
            FILES.forEach(name -> files.put(name, StaticFile.read("console/" + name)));
            return new ConsolePages(sessions, refusedLogins, Map.copyOf(files), StaticFile.read("console/index.html"));
        });
    }

    @Override
    public void addTo(Router router, PageWriter responses) {
        router.post(BASE + "/session").handler(rc -> exchange(rc.request(), responses));
        files.forEach((name, file) -> router.get(BASE + "/" + name).handler(rc -> send(rc.request(), file, responses)));
        // Matches the path with and without a slash at the end; names in the page are relative to the former.
        router.get(BASE).handler(rc -> {
            if (rc.request().path().equals(BASE)) {
                redirect(rc.request(), responses);
            } else {
                send(rc.request(), index, responses);
            }
        });
    }

    private static void redirect(HttpServerRequest request, PageWriter responses) {
        request.response().setStatusCode(308).putHeader(HttpHeaders.LOCATION, BASE + "/");
        responses.end(request, Buffer.buffer());
    }

    private static void send(HttpServerRequest request, StaticFile file, PageWriter responses) {
        responses.end(request, file.respondTo(request, SECURITY_POLICY));
    }

    /** The code is in a header, so that no body has to be read for a caller without credentials. */
    private void exchange(HttpServerRequest request, PageWriter responses) {
        String code = request.getHeader(CODE_HEADER);
        Optional<String> session = code == null ? Optional.empty() : sessions.exchange(code);
        request.response()
                .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-store");
        if (session.isEmpty()) {
            refusedLogins.refused(RefusedLogins.Reason.CODE_UNKNOWN, request);
            request.response().setStatusCode(403);
            responses.end(
                    request,
                    new JsonObject()
                            .put("error", EdgeError.NOT_AUTHORIZED.text())
                            .toBuffer());
            return;
        }
        responses.end(request, new JsonObject().put("session", session.get()).toBuffer());
    }
}
