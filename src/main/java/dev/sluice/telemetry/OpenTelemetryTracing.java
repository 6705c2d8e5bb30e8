package dev.sluice.telemetry;

import dev.sluice.queue.Content;
import dev.sluice.queue.QueueDefinition;
import dev.sluice.queue.TraceContext;
import dev.sluice.runtime.bus.QueueClient;
import dev.sluice.runtime.tracing.OperationSpan;
import dev.sluice.runtime.tracing.TracedOperation;
import dev.sluice.runtime.tracing.Tracing;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.sdk.common.Clock;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Records spans with a tracer of OpenTelemetry. A message keeps the context of its request. Only if the request has none
 * and is recorded, it keeps that of the request's span. Thread-safe.
 */
final class OpenTelemetryTracing implements Tracing {
    private static final String SYSTEM = "sluice";
    private static final String DELIVER = "deliver";
    private static final Clock CLOCK = Clock.getDefault();

    private final Tracer tracer;
    private final boolean readsContexts;

    OpenTelemetryTracing(Tracer tracer, boolean readsContexts) {
        this.tracer = tracer;
        this.readsContexts = readsContexts;
    }

    @Override
    public boolean readsContexts() {
        return readsContexts;
    }

    /** The other side is a client that waits for the response, so the span is one of a server. */
    @Override
    public OperationSpan begin(
            TracedOperation operation, QueueDefinition queue, @Nullable TraceContext requestContext) {
        SpanBuilder builder = tracer.spanBuilder(operation.operationName() + " " + queue.name())
                .setSpanKind(SpanKind.SERVER);
        if (requestContext == null) {
            builder.setNoParent();
        } else {
            builder.setParent(SpanContexts.parent(requestContext));
        }
        Span span = builder.startSpan();
        if (!span.isRecording()) {
            return OperationSpan.passing(requestContext);
        }
        describe(span, operation.operationName(), queue);
        span.setAttribute(MessagingAttributes.OPERATION_TYPE, operation.operationType());
        TraceContext own = SpanContexts.of(span.getSpanContext());
        return new RecordedSpan(span, own, kept(requestContext == null ? own : requestContext));
    }

    private @Nullable TraceContext kept(TraceContext context) {
        return readsContexts ? context : null;
    }

    private static void describe(Span span, String operationName, QueueDefinition queue) {
        span.setAttribute(MessagingAttributes.SYSTEM, SYSTEM);
        span.setAttribute(MessagingAttributes.OPERATION_NAME, operationName);
        span.setAttribute(MessagingAttributes.DESTINATION_NAME, queue.name());
        span.setAttribute(MessagingAttributes.ACCOUNT_ID, queue.accountId());
        span.setAttribute(MessagingAttributes.QUEUE_ID, queue.queueId());
    }

    /** Messages of one trace have the delivery in that trace; a batch of several traces has links only. */
    @Override
    public OperationSpan beginDelivery(QueueDefinition queue, List<QueueClient.Delivery> deliveries) {
        SpanBuilder builder = tracer.spanBuilder(DELIVER + " " + queue.name()).setSpanKind(SpanKind.CLIENT);
        TraceContext shared = Tracing.sharedContext(deliveries);
        if (shared == null) {
            builder.setNoParent();
        } else {
            builder.setParent(SpanContexts.parent(shared));
        }
        Set<TraceContext> linked = new HashSet<>();
        for (QueueClient.Delivery delivery : deliveries) {
            Content content = delivery.message().content();
            if (content.trace() != null && linked.add(content.trace())) {
                builder.addLink(SpanContexts.remote(content.trace()), RecordedSpan.messageAttributes(content));
            }
        }
        Span span = builder.startSpan();
        if (!span.isRecording()) {
            return OperationSpan.passing(shared);
        }
        describe(span, DELIVER, queue);
        span.setAttribute(MessagingAttributes.BATCH_MESSAGE_COUNT, deliveries.size());
        TraceContext own = SpanContexts.of(span.getSpanContext());
        return new RecordedSpan(span, own, kept(own));
    }

    @Override
    public void committed(List<TraceContext> pushes, int batches, long nanos, boolean stored) {
        long endNanos = CLOCK.now();
        SpanBuilder builder =
                tracer.spanBuilder("commit").setNoParent().setStartTimestamp(endNanos - nanos, TimeUnit.NANOSECONDS);
        pushes.forEach(push -> builder.addLink(SpanContexts.remote(push)));
        Span span = builder.startSpan();
        span.setAttribute(MessagingAttributes.SYSTEM, SYSTEM);
        span.setAttribute(MessagingAttributes.COMMIT_BATCHES, batches);
        if (!stored) {
            span.setStatus(StatusCode.ERROR);
        }
        span.end(endNanos, TimeUnit.NANOSECONDS);
    }
}
