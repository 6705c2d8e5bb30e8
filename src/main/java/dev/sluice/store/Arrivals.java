package dev.sluice.store;

import java.util.List;

/**
 * The result of {@link QueueStore#readArrivals}.
 *
 * @param rows ordered by seq
 * @param last true if no further rows follow; false also when the read stopped at a limit and this is unknown
 */
public record Arrivals(List<StoredMessage> rows, boolean last) {}
