package dev.sluice.runtime.tracing;

/** An operation of the edge that has a span, by the messaging conventions of OpenTelemetry. */
public enum TracedOperation {
    PUSH("push", "send"),
    PULL("pull", "receive"),
    ACK("ack", "settle");

    private final String operationName;
    private final String operationType;

    TracedOperation(String operationName, String operationType) {
        this.operationName = operationName;
        this.operationType = operationType;
    }

    /** The value of {@code messaging.operation.name}. */
    public String operationName() {
        return operationName;
    }

    /** The value of {@code messaging.operation.type}. */
    public String operationType() {
        return operationType;
    }
}
