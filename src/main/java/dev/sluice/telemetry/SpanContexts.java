package dev.sluice.telemetry;

import dev.sluice.queue.TraceContext;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.TraceStateBuilder;
import io.opentelemetry.context.Context;
import java.util.HexFormat;
import java.util.StringJoiner;

/** Converts between the contexts of messages and those of the SDK. Stateless. */
final class SpanContexts {
    private SpanContexts() {}

    static SpanContext remote(TraceContext context) {
        return SpanContext.createFromRemoteParent(
                context.traceId(),
                context.spanIdText(),
                TraceFlags.fromByte((byte) context.flags()),
                state(context.state()));
    }

    static Context parent(TraceContext context) {
        return Context.root().with(Span.wrap(remote(context)));
    }

    /** The builder puts each member in front of those before. */
    private static TraceState state(String list) {
        if (list.isEmpty()) {
            return TraceState.getDefault();
        }
        TraceStateBuilder state = TraceState.builder();
        String[] members = list.split(",", -1);
        for (int i = members.length - 1; i >= 0; i--) {
            int equals = members[i].indexOf('=');
            state.put(members[i].substring(0, equals), members[i].substring(equals + 1));
        }
        return state.build();
    }

    static TraceContext of(SpanContext context) {
        String traceId = context.getTraceId();
        StringJoiner state = new StringJoiner(",");
        context.getTraceState().forEach((key, value) -> state.add(key + "=" + value));
        return new TraceContext(
                HexFormat.fromHexDigitsToLong(traceId, 0, 16),
                HexFormat.fromHexDigitsToLong(traceId, 16, 32),
                HexFormat.fromHexDigitsToLong(context.getSpanId()),
                context.getTraceFlags().asByte() & (TraceContext.SAMPLED | TraceContext.RANDOM),
                state.length() > TraceContext.STATE_CHARS_MAX ? "" : state.toString());
    }
}
