package dev.sluice.telemetry;

import dev.sluice.config.ConfigException;
import dev.sluice.queue.QueueDefinition;
import dev.sluice.queue.TraceContext;
import dev.sluice.runtime.bus.QueueClient;
import dev.sluice.runtime.tracing.OperationSpan;
import dev.sluice.runtime.tracing.TracedOperation;
import dev.sluice.runtime.tracing.Tracing;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The tracing of a server, by the variables of its environment. While it is off, no class of the SDK is loaded.
 * Thread-safe.
 */
public final class Telemetry {
    /** Neither records nor reads contexts. */
    private static final Tracing NO_CONTEXTS = new Tracing() {
        @Override
        public boolean readsContexts() {
            return false;
        }

        @Override
        public OperationSpan begin(
                TracedOperation operation, QueueDefinition queue, @Nullable TraceContext requestContext) {
            return OperationSpan.NONE;
        }

        @Override
        public OperationSpan beginDelivery(QueueDefinition queue, List<QueueClient.Delivery> deliveries) {
            return OperationSpan.NONE;
        }

        @Override
        public void committed(List<TraceContext> pushes, int batches, long nanos, boolean stored) {
            // Nothing is recorded.
        }
    };

    private final Tracing tracing;
    private final Supplier<CompletionStage<Void>> end;

    Telemetry(Tracing tracing, Supplier<CompletionStage<Void>> end) {
        this.tracing = tracing;
        this.end = end;
    }

    /**
     * Starts the SDK if the environment says so.
     *
     * @param environment variables of the process; those that begin with {@code OTEL_} are read
     * @throws ConfigException naming a variable with a wrong value
     */
    public static Telemetry open(Map<String, String> environment) {
        TelemetryEnvironment variables = new TelemetryEnvironment(environment);
        if (variables.isOn()) {
            variables.check();
            return TelemetrySdk.open(variables);
        }
        return new Telemetry(
                variables.readsContexts() ? Tracing.OFF : NO_CONTEXTS, () -> CompletableFuture.completedFuture(null));
    }

    /** Records the spans. */
    public Tracing tracing() {
        return tracing;
    }

    /** Exports what is recorded and ends the SDK; completes within seconds, also if nothing can be exported. */
    public CompletionStage<Void> close() {
        return end.get();
    }
}
