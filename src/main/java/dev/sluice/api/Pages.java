package dev.sluice.api;

import dev.sluice.api.http.ResponseWriter;
import io.vertx.ext.web.Router;

/** Pages for people, beside the operations of the API. */
@FunctionalInterface
public interface Pages {
    /** No pages. */
    Pages NONE = (router, responses) -> {};

    /**
     * Adds their routes.
     *
     * @param responses of the event loop of that router
     */
    void addTo(Router router, ResponseWriter responses);
}
