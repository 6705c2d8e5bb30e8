package dev.sluice.runtime.delivery;

import dev.sluice.queue.ByteBudget;
import dev.sluice.queue.QueueEvent;
import dev.sluice.queue.Release;
import dev.sluice.runtime.queue.QueueScheduler;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** The response to a pull between the queue's decision and the connection. Releases its leases if it is never sent. */
final class LeasedResponse implements PendingResponse {
    private final QueueScheduler scheduler;
    private final ByteBudget.Reservation reservation;
    /** Cleared when the response is sent, because the last response of a queue stays referenced until the next one. */
    private List<QueueEvent> events;

    private final long leasesEndMillis;
    private final Consumer<List<Release.Unsent>> onUnsent;
    /** How much longer the leases may be extended. Confined to the queue's scheduler. */
    private long extensionMillisLeft;

    private boolean reported;
    private volatile boolean done;

    /**
     * @param events events of the pull, with at least one lease
     * @param leasesEndMillis when the leases end; the same for all
     * @param extensionMillisMax how long the leases are extended beyond their end while nothing is reported
     * @param onUnsent receives the leases of an unsent response, on the queue's scheduler
     */
    LeasedResponse(
            QueueScheduler scheduler,
            ByteBudget.Reservation reservation,
            List<QueueEvent> events,
            long leasesEndMillis,
            long extensionMillisMax,
            Consumer<List<Release.Unsent>> onUnsent) {
        this.scheduler = scheduler;
        this.reservation = reservation;
        this.events = events;
        this.leasesEndMillis = leasesEndMillis;
        this.extensionMillisLeft = extensionMillisMax;
        this.onUnsent = onUnsent;
    }

    @Override
    public void endCharge() {
        reservation.close();
    }

    @Override
    public void sent() {
        if (!reported) {
            reported = true;
            events = List.of();
            done = true;
            reservation.close();
        }
    }

    @Override
    public void unsent() {
        if (!reported) {
            reported = true;
            reservation.close();
            scheduler.execute(() -> {
                onUnsent.accept(leases());
                done = true;
            });
        }
    }

    /** Whether no further report has an effect. */
    boolean isDone() {
        return done;
    }

    long leasesEndMillis() {
        return leasesEndMillis;
    }

    /**
     * Whether the leases stay valid at that time, within their duration or by extension. Call on the queue's scheduler.
     *
     * @param ranMillis how long the queue ran since the last call
     */
    boolean isExtended(long nowMillis, long ranMillis) {
        if (leasesEndMillis > nowMillis) {
            return true;
        }
        extensionMillisLeft -= Math.min(ranMillis, nowMillis - leasesEndMillis);
        return extensionMillisLeft > 0;
    }

    /** The leases in the form that the {@link Release} command needs. */
    List<Release.Unsent> leases() {
        List<Release.Unsent> leases = new ArrayList<>(events.size());
        for (QueueEvent event : events) {
            if (event instanceof QueueEvent.Leased leased) {
                leases.add(Release.Unsent.of(leased));
            }
        }
        return leases;
    }
}
