package dev.sluice.api;

import io.vertx.core.http.HttpMethod;

/**
 * One operation of the contract as a route.
 *
 * @param operationId the {@code operationId} in the contract
 * @param template path below the base path, with parameters in braces
 * @param family which checks its path asks for
 */
public record Route(String operationId, HttpMethod method, String template, RouteScope family) {
    /** What a path names, and with it which checks precede the operation and which codes they fail with. */
    public enum RouteScope {
        /** Nothing: questions about the caller. */
        CALLER,
        /** An account. */
        ACCOUNT,
        /** A queue of an account. */
        QUEUE,
        /** Messages of a queue: the data plane has codes of its own. */
        MESSAGES;

        private static final String ACCOUNT_PARAMETER = "{account_id}";
        private static final String QUEUE_PARAMETER = "{queue_id}";

        /** The family of a path template. */
        static RouteScope of(String template) {
            if (template.contains(QUEUE_PARAMETER + "/messages")) {
                return MESSAGES;
            }
            if (template.contains(QUEUE_PARAMETER)) {
                return QUEUE;
            }
            return template.contains(ACCOUNT_PARAMETER) ? ACCOUNT : CALLER;
        }
    }
}
