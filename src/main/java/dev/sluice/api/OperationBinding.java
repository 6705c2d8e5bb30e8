package dev.sluice.api;

import dev.sluice.config.Access;

/**
 * An operation of the contract with the class that implements it.
 *
 * @param operationId the {@code operationId} in the contract
 * @param access the access that the credential must allow
 */
public record OperationBinding(String operationId, Access access, Operation operation) {
    /** An operation that changes nothing. */
    public static OperationBinding reading(String operationId, Operation operation) {
        return new OperationBinding(operationId, Access.READ, operation);
    }

    /** An operation that changes something, or takes messages. */
    public static OperationBinding writing(String operationId, Operation operation) {
        return new OperationBinding(operationId, Access.WRITE, operation);
    }
}
