package dev.sluice.telemetry;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.opentelemetry.sdk.trace.samplers.SamplingDecision;
import io.opentelemetry.sdk.trace.samplers.SamplingResult;
import java.util.List;

/**
 * Samples a span without a parent if the configured sampler would sample a child of a span that it links to. A commit
 * and a batch of several traces have links only. Without this, a ratio of 1 % would record a hundredth of them, however
 * many recorded spans they belong to. Thread-safe.
 */
final class LinkedSampler implements Sampler {
    private final Sampler configured;

    LinkedSampler(Sampler configured) {
        this.configured = configured;
    }

    @Override
    public SamplingResult shouldSample(
            Context parent, String traceId, String name, SpanKind kind, Attributes attributes, List<LinkData> links) {
        if (!links.isEmpty() && !Span.fromContext(parent).getSpanContext().isValid()) {
            for (LinkData link : links) {
                SpanContext linked = link.getSpanContext();
                SamplingResult result = configured.shouldSample(
                        Context.root().with(Span.wrap(linked)), linked.getTraceId(), name, kind, attributes, List.of());
                if (result.getDecision() == SamplingDecision.RECORD_AND_SAMPLE) {
                    return result;
                }
            }
        }
        return configured.shouldSample(parent, traceId, name, kind, attributes, links);
    }

    @Override
    public String getDescription() {
        return "LinkedSampler{" + configured.getDescription() + "}";
    }

    @Override
    public String toString() {
        return getDescription();
    }
}
