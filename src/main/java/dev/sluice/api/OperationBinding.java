package dev.sluice.api;

import dev.sluice.runtime.metrics.RequestMeter;

/**
 * A route of the contract, what serves it, and what counts its answers.
 *
 * @param meter the same for all event loops
 */
record OperationBinding(Route route, Operation operation, RequestMeter meter) {}
