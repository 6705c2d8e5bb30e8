package dev.sluice.api;

import io.vertx.core.http.HttpMethod;

/**
 * One operation of the contract as a route.
 *
 * @param operationId the {@code operationId} in the contract
 * @param template path below the base path, with parameters in braces
 * @param scope which checks its path requires
 */
public record Route(String operationId, HttpMethod method, String template, RouteScope scope) {
    /** What a path identifies. That determines which checks precede the operation, and their error codes. */
    public enum RouteScope {
        /** Nothing: the operation is about the caller. */
        CALLER,
        /** An account. */
        ACCOUNT,
        /** A queue of an account. */
        QUEUE,
        /** Messages of a queue: the data plane has its own error codes. */
        MESSAGES;

        private static final String ACCOUNT_PARAMETER = "{account_id}";
        private static final String QUEUE_PARAMETER = "{queue_id}";
        private static final String QUEUE_NAME_PARAMETER = "{" + RequestPath.QUEUE_NAME + "}";

        /** The scope of a path template. */
        static RouteScope of(String template) {
            if (template.contains(QUEUE_PARAMETER + "/messages")) {
                return MESSAGES;
            }
            if (template.contains(QUEUE_PARAMETER) || template.contains(QUEUE_NAME_PARAMETER)) {
                return QUEUE;
            }
            return template.contains(ACCOUNT_PARAMETER) ? ACCOUNT : CALLER;
        }
    }
}
