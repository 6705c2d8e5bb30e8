package dev.sluice.api;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;

/** Pages for people, beside the operations of the API. */
@FunctionalInterface
public interface Pages {
    /** No pages. */
    Pages NONE = (router, responses) -> {};

    /** Sends the pages of one event loop. */
    @FunctionalInterface
    interface PageWriter {
        /** Ends the response with that body. Status and headers are already set. */
        void end(HttpServerRequest request, Buffer body);
    }

    /**
     * Adds their routes.
     *
     * @param responses of the event loop of that router
     */
    void addTo(Router router, PageWriter responses);
}
