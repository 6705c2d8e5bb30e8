package dev.sluice.api;

import dev.sluice.runtime.metrics.RequestMeter;

/**
 * A route of the contract with its handler and its metrics.
 *
 * @param meter counts the responses; the same for all event loops
 */
record OperationBinding(Route route, Operation operation, RequestMeter meter) {}
