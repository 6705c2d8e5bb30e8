package dev.sluice.api;

import dev.sluice.config.Access;
import org.jspecify.annotations.Nullable;

/**
 * An operation of the contract with the class that implements it.
 *
 * @param operationId the {@code operationId} in the contract
 * @param access the access that the credential must allow
 * @param place the node of a cluster that serves it; null for the one that its route suggests
 */
public record OperationBinding(String operationId, Access access, Operation operation, @Nullable OperationPlace place) {
    /** An operation that changes nothing. */
    public static OperationBinding reading(String operationId, Operation operation) {
        return new OperationBinding(operationId, Access.READ, operation, null);
    }

    /** An operation that changes something, or takes messages. */
    public static OperationBinding writing(String operationId, Operation operation) {
        return new OperationBinding(operationId, Access.WRITE, operation, null);
    }

    /** The same, served by these nodes of a cluster. */
    public OperationBinding at(OperationPlace where) {
        return new OperationBinding(operationId, access, operation, where);
    }
}
