package dev.sluice.api;

import io.vertx.core.Future;
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
        /**
         * Ends the response with that body once there is one. Status and headers are set by then. To be called in the
         * task in which the request arrived.
         */
        void end(HttpServerRequest request, Future<Buffer> body);

        /** The same with a body that there is. */
        default void end(HttpServerRequest request, Buffer body) {
            end(request, Future.succeededFuture(body));
        }
    }

    /** These pages, then those. */
    default Pages and(Pages others) {
        return (router, responses) -> {
            addTo(router, responses);
            others.addTo(router, responses);
        };
    }

    /**
     * Adds their routes.
     *
     * @param responses of the event loop of that router
     */
    void addTo(Router router, PageWriter responses);
}
