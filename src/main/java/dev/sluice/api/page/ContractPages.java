package dev.sluice.api.page;

import dev.sluice.api.Pages;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The documents of the API as a page, rendered by Swagger UI from the jar, and as files. A file is read when it is asked
 * for first, on a worker thread, because most servers are never asked. Usable from any event loop.
 */
public final class ContractPages implements Pages {
    /** Nothing from other hosts, no inline code and no inline styles. The images are in the style sheet. */
    private static final String SECURITY_POLICY = "default-src 'none'; script-src 'self'; style-src 'self';"
            + " img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static final String BASE = "/docs";
    private static final Map<String, String> RESOURCES = resources();

    private final Vertx vertx;
    private final Map<String, StaticFile> files = new ConcurrentHashMap<>();

    public ContractPages(Vertx vertx) {
        this.vertx = vertx;
    }

    /** Name below {@link #BASE} → resource of the jar. */
    private static Map<String, String> resources() {
        Map<String, String> resources = new LinkedHashMap<>();
        for (String name : new String[] {
            "index.html",
            "docs.css",
            "docs.js",
            "licenses.txt",
            "lib/swagger-ui.js",
            "lib/swagger-ui.css",
            "lib/swagger-ui.txt"
        }) {
            resources.put(name, "docs/" + name);
        }
        for (String name : new String[] {"queues", "extensions", "binding", "development"}) {
            resources.put(name + ".yaml", "openapi/" + name + ".yaml");
        }
        resources.put("icon.svg", "console/icon.svg");
        return resources;
    }

    @Override
    public void addTo(Router router, PageWriter responses) {
        RESOURCES.forEach((name, resource) ->
                router.get(BASE + "/" + name).handler(rc -> send(rc.request(), resource, responses)));
        // Matches the path with and without a slash at the end; names in the page are relative to the former.
        router.get(BASE).handler(rc -> {
            if (rc.request().path().equals(BASE)) {
                rc.response().setStatusCode(308).putHeader(HttpHeaders.LOCATION, BASE + "/");
                responses.end(rc.request(), Buffer.buffer());
            } else {
                send(rc.request(), "docs/index.html", responses);
            }
        });
    }

    private void send(HttpServerRequest request, String resource, PageWriter responses) {
        responses.end(request, file(resource).map(file -> file.respondTo(request, SECURITY_POLICY)));
    }

    private Future<StaticFile> file(String resource) {
        StaticFile loaded = files.get(resource);
        return loaded != null
                ? Future.succeededFuture(loaded)
                : vertx.executeBlocking(() -> files.computeIfAbsent(resource, StaticFile::read));
    }
}
