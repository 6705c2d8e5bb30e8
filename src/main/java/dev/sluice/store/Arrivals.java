package dev.sluice.store;

import java.util.List;

/**
 * What a read of arrivals brought.
 *
 * @param rows in order of seq
 * @param last whether there are none behind them; unknown, and so false, if the read ended at a bound
 */
public record Arrivals(List<StoredMessage> rows, boolean last) {}
