package dev.sluice.telemetry;

import dev.sluice.queue.Content;
import dev.sluice.queue.NewMessage;
import dev.sluice.queue.TraceContext;
import dev.sluice.runtime.bus.QueueClient;
import dev.sluice.runtime.tracing.OperationSpan;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A span of the SDK that is recorded. Used by one thread at a time. */
final class RecordedSpan implements OperationSpan {
    private final Span span;
    private final TraceContext own;
    private final @Nullable TraceContext context;

    /** @param context what messages or Workers get; null if contexts are not passed on */
    RecordedSpan(Span span, TraceContext own, @Nullable TraceContext context) {
        this.span = span;
        this.own = own;
        this.context = context;
    }

    @Override
    public @Nullable TraceContext context() {
        return context;
    }

    @Override
    public TraceContext recorded() {
        return own;
    }

    @Override
    public List<NewMessage> published(List<NewMessage> messages) {
        if (messages.size() == 1) {
            NewMessage message = messages.get(0);
            single(message.idHigh(), message.idLow(), message.body().length);
        } else {
            span.setAttribute(MessagingAttributes.BATCH_MESSAGE_COUNT, messages.size());
        }
        return OperationSpan.super.published(messages);
    }

    @Override
    public void received(List<QueueClient.Delivery> deliveries) {
        span.setAttribute(MessagingAttributes.BATCH_MESSAGE_COUNT, deliveries.size());
        for (QueueClient.Delivery delivery : deliveries) {
            Content content = delivery.message().content();
            if (content.trace() != null) {
                span.addLink(SpanContexts.remote(content.trace()), messageAttributes(content));
            }
        }
    }

    /** What a link says of its message. */
    static Attributes messageAttributes(Content content) {
        return Attributes.of(MessagingAttributes.MESSAGE_ID, id(content.idHigh(), content.idLow()));
    }

    private void single(long idHigh, long idLow, int bodyBytes) {
        span.setAttribute(MessagingAttributes.MESSAGE_ID, id(idHigh, idLow));
        span.setAttribute(MessagingAttributes.BODY_SIZE, bodyBytes);
    }

    private static String id(long high, long low) {
        HexFormat hex = HexFormat.of();
        return hex.toHexDigits(high) + hex.toHexDigits(low);
    }

    @Override
    public void settled(int count) {
        span.setAttribute(MessagingAttributes.BATCH_MESSAGE_COUNT, count);
    }

    @Override
    public void responded(int httpStatus) {
        span.setAttribute(MessagingAttributes.STATUS_CODE, httpStatus);
        if (httpStatus >= 400) {
            span.setAttribute(MessagingAttributes.ERROR_TYPE, String.valueOf(httpStatus));
        }
        if (httpStatus >= 500) {
            span.setStatus(StatusCode.ERROR);
        }
        span.end();
    }

    @Override
    public void delivered(@Nullable Throwable failure) {
        if (failure != null) {
            span.setAttribute(MessagingAttributes.ERROR_TYPE, failure.getClass().getName());
            span.setStatus(StatusCode.ERROR, String.valueOf(failure.getMessage()));
        }
        span.end();
    }
}
