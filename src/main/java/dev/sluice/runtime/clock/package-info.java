/**
 * The clock for all durations, which continues over suspensions and restarts and does not follow changes of the
 * wall clock.
 *
 * <p>Threads: {@link dev.sluice.runtime.clock.ContinuousClock} is safe for use from several threads; {@link
 * dev.sluice.runtime.clock.ClockMonitor} runs on one scheduler. May import the domain's retention, {@code store}
 * and the format of the catalog, where the clock's state is stored.
 */
@NullMarked
package dev.sluice.runtime.clock;

import org.jspecify.annotations.NullMarked;
