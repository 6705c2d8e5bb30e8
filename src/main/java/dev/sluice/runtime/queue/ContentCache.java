package dev.sluice.runtime.queue;

import dev.sluice.queue.ByteBudget;
import dev.sluice.queue.Content;
import dev.sluice.queue.TraceContext;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Contents of messages that will probably be delivered soon, so that a delivery need not read them. Bounded by a count
 * and by the memory budget of the process. Other contents are read from the store. Confined to the queue's scheduler.
 */
public final class ContentCache {
    private static final int OVERHEAD_BYTES = 160;
    /** Of a trace context, without its state. */
    private static final int TRACE_BYTES = 96;

    private final Map<Long, Content> bySeq = new HashMap<>();
    private final ByteBudget budget;
    private final int countMax;
    private long evictedBelow;

    ContentCache(ByteBudget budget, int countMax) {
        this.budget = budget;
        this.countMax = countMax;
    }

    private static int bytesOf(Content content) {
        TraceContext trace = content.trace();
        int traceBytes = trace == null ? 0 : TRACE_BYTES + trace.state().length();
        return content.body().length + OVERHEAD_BYTES + traceBytes;
    }

    /** Caches a content if there is room. */
    void offer(long seq, Content content) {
        if (bySeq.size() < countMax && !bySeq.containsKey(seq) && budget.tryReserve(bytesOf(content))) {
            bySeq.put(seq, content);
        }
    }

    /** Returns the content, or null. */
    public @Nullable Content get(long seq) {
        return bySeq.get(seq);
    }

    /** Removes the content and returns it, or null. */
    public @Nullable Content remove(long seq) {
        Content content = bySeq.remove(seq);
        if (content != null) {
            budget.release(bytesOf(content));
        }
        return content;
    }

    /** Whether the limit of entries is reached. */
    boolean isFull() {
        return bySeq.size() >= countMax;
    }

    /**
     * Evicts entries below that seq, which are not needed any more: a read cached them after their messages were
     * removed. Scans only when enough entries may be freed, because a scan visits all of them.
     */
    void evictBelow(long seq) {
        if (seq - evictedBelow < countMax / 8) {
            return;
        }
        evictedBelow = seq;
        bySeq.entrySet().removeIf(entry -> {
            boolean stale = entry.getKey() < seq;
            if (stale) {
                budget.release(bytesOf(entry.getValue()));
            }
            return stale;
        });
    }

    void clear() {
        for (Content content : bySeq.values()) {
            budget.release(bytesOf(content));
        }
        bySeq.clear();
    }
}
