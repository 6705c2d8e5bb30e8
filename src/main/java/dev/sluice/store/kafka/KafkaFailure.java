package dev.sluice.store.kafka;

import dev.sluice.store.StoreException;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TimeoutException;

/** Maps exceptions of Kafka to those of the store, in one line that says what to do. */
final class KafkaFailure {
    private KafkaFailure() {}

    /**
     * The exception for a failed operation.
     *
     * @param what what this node cannot do, such as "append to topic t"
     */
    static StoreException of(String what, KafkaOptions options, Throwable failure) {
        Throwable cause =
                failure instanceof ExecutionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof KafkaException && cause.getCause() instanceof ConfigException invalid) {
            return new StoreException(
                    "cluster.bootstrap_servers or cluster.client_properties is invalid: " + invalid.getMessage(),
                    invalid);
        }
        String brokers = options.bootstrapServers() + " (cluster.bootstrap_servers)";
        if (cause instanceof AuthenticationException) {
            return new StoreException(
                    "Kafka at " + brokers + " refuses the credentials of cluster.client_properties: "
                            + cause.getMessage(),
                    cause);
        }
        if (cause instanceof AuthorizationException) {
            return new StoreException(
                    "Kafka at " + brokers + " does not allow this user to " + what + ": " + cause.getMessage(), cause);
        }
        if (cause instanceof TimeoutException) {
            return new StoreException(
                    "cannot " + what + ": Kafka at " + brokers + " cannot be reached or has no quorum", cause);
        }
        return new StoreException("cannot " + what + " at " + brokers + ": " + reason(cause), cause);
    }

    private static String reason(Throwable cause) {
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }
}
