package dev.sluice.runtime.catalog;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The tokens of the catalog in memory: readers on any thread, one writer, the catalog verticle. Also notes when each was
 * used last; the catalog stores that at most once an hour.
 */
public final class StoredTokens {
    /** Tokens of an installation. Each request is compared with every one. */
    public static final int COUNT_MAX = 1_000;

    /** How much later a use must be to be stored. */
    private static final long USE_STORED_AFTER_MILLIS = TimeUnit.HOURS.toMillis(1);
    /** How much later a use must be to be noted, so that threads do not write the same memory with every request. */
    private static final long USE_NOTED_AFTER_MILLIS = 1_000;

    private static final Comparator<StoredToken> BY_CREATION =
            Comparator.comparingLong(StoredToken::createdMillis).thenComparing(StoredToken::id);

    private final Map<String, AtomicLong> uses = new ConcurrentHashMap<>();
    private volatile List<StoredToken> all = List.of();

    /** All tokens by creation, also expired ones. The same list until one changes. */
    public List<StoredToken> all() {
        return all;
    }

    /** Notes a use. Called for every request. */
    public void used(String id, long nowMillis) {
        AtomicLong last = uses.get(id);
        if (last != null && nowMillis - last.getPlain() >= USE_NOTED_AFTER_MILLIS) {
            last.set(nowMillis);
        }
    }

    /** When a token was used last; 0 if it was not used. */
    public long lastUsedMillis(StoredToken token) {
        AtomicLong last = uses.get(token.id());
        return Math.max(token.lastUsedMillis(), last == null ? 0 : last.get());
    }

    /** The tokens whose use is to be stored, as they are to be stored. */
    List<StoredToken> withNewUse() {
        return all.stream()
                .filter(token -> lastUsedMillis(token) > 0
                        && (token.lastUsedMillis() == 0
                                || lastUsedMillis(token) - token.lastUsedMillis() >= USE_STORED_AFTER_MILLIS))
                .map(token -> token.usedAt(lastUsedMillis(token)))
                .toList();
    }

    // The methods below are for the writer only.

    @Nullable
    StoredToken find(String id) {
        return all.stream().filter(token -> token.id().equals(id)).findFirst().orElse(null);
    }

    void put(StoredToken token) {
        uses.computeIfAbsent(token.id(), id -> new AtomicLong());
        replaceIn(token.id(), token);
    }

    void remove(StoredToken token) {
        replaceIn(token.id(), null);
        uses.remove(token.id());
    }

    private void replaceIn(String id, @Nullable StoredToken token) {
        List<StoredToken> changed = new ArrayList<>(all);
        changed.removeIf(each -> each.id().equals(id));
        if (token != null) {
            changed.add(token);
        }
        changed.sort(BY_CREATION);
        all = List.copyOf(changed);
    }
}
