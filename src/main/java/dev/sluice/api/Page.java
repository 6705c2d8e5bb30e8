package dev.sluice.api;

import io.vertx.core.MultiMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One page of a list (docs/api.md 1.5).
 *
 * @param items of this page; empty beyond the last
 * @param number from 1
 * @param size items a page may hold
 * @param totalCount items on all pages
 */
public record Page<T>(List<T> items, int number, int size, int totalCount) {
    /** The page that {@code page} and {@code per_page} of a query select. An invalid value counts as absent. */
    public static <T> Page<T> of(List<T> all, MultiMap query, int sizeDefault, int sizeMax) {
        int number = positive(query.get("page"), 1);
        int size = Math.min(sizeMax, positive(query.get("per_page"), sizeDefault));
        long from = Math.min(all.size(), (number - 1L) * size);
        long to = Math.min(all.size(), from + size);
        return new Page<>(all.subList((int) from, (int) to), number, size, all.size());
    }

    public int totalPages() {
        return (int) ((totalCount + (long) size - 1) / size);
    }

    /**
     * A number beyond the range of int becomes the largest int: a page beyond the last one, or more items than a page
     * may have.
     */
    private static int positive(@Nullable String text, int otherwise) {
        if (text == null || !text.matches("[0-9]+")) {
            return otherwise;
        }
        try {
            int value = Integer.parseInt(text);
            return value < 1 ? otherwise : value;
        } catch (NumberFormatException e) {
            return Integer.MAX_VALUE;
        }
    }
}
