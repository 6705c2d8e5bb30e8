package dev.sluice.runtime.queue;

import dev.sluice.queue.Content;
import dev.sluice.queue.MemoryBudget;
import java.util.HashMap;
import java.util.Map;

/**
 * Contents of messages that will probably be delivered soon, so that a delivery need not read them. Bounded by a number and by
 * the budget of the process; what does not fit is read from the store. Owned by the turns of one queue.
 */
public final class ContentCache {
    private static final int OVERHEAD_BYTES = 160;

    private final Map<Long, Content> bySeq = new HashMap<>();
    private final MemoryBudget budget;
    private final int countMax;
    private long forgottenBelow;

    ContentCache(MemoryBudget budget, int countMax) {
        this.budget = budget;
        this.countMax = countMax;
    }

    /** Keeps a content if there is room. */
    void offer(long seq, Content content) {
        if (bySeq.size() < countMax
                && !bySeq.containsKey(seq)
                && budget.tryReserve(content.body().length + OVERHEAD_BYTES)) {
            bySeq.put(seq, content);
        }
    }

    /** The content, or null. */
    public Content get(long seq) {
        return bySeq.get(seq);
    }

    /** The content, or null; it is not kept any longer. */
    public Content take(long seq) {
        Content content = bySeq.remove(seq);
        if (content != null) {
            budget.release(content.body().length + OVERHEAD_BYTES);
        }
        return content;
    }

    /** Whether there is no room for another one. */
    boolean isFull() {
        return bySeq.size() >= countMax;
    }

    /**
     * Forgets what lies below, which nobody asks for any more: contents that a read brought of messages that went while it was
     * under way. Looks only once a good part of the room may be gained, because it looks at all.
     */
    void forgetBelow(long seq) {
        if (seq - forgottenBelow < countMax / 8) {
            return;
        }
        forgottenBelow = seq;
        bySeq.entrySet().removeIf(entry -> {
            boolean stale = entry.getKey() < seq;
            if (stale) {
                budget.release(entry.getValue().body().length + OVERHEAD_BYTES);
            }
            return stale;
        });
    }

    /** Forgets everything. */
    void clear() {
        for (Content content : bySeq.values()) {
            budget.release(content.body().length + OVERHEAD_BYTES);
        }
        bySeq.clear();
    }
}
