package dev.sluice.runtime.delivery;

import dev.sluice.queue.QueueEvent;
import dev.sluice.queue.Release;
import dev.sluice.runtime.DeliveryBudget;
import dev.sluice.runtime.queue.QueueScheduler;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The answer to a pull between the decision of the queue and the connection. Gives its leases back if it is never sent.
 */
final class LeasedResponse implements PendingResponse {
    private final QueueScheduler turns;
    private final DeliveryBudget.Reservation hold;
    /** Dropped when the answer is sent: the last one of a queue is kept until the next. */
    private List<QueueEvent> events;

    private final long leasesEndMillis;
    private final Consumer<List<Release.Unsent>> giveBack;
    /** How much longer the leases are held; of the turns of the queue. */
    private long heldMillisLeft;

    private boolean reported;
    private volatile boolean over;

    /**
     * @param events of the pull, at least one lease among them
     * @param leasesEndMillis when they end, the same for all
     * @param heldMillisMax how long after their end they are held while nothing is reported
     * @param giveBack takes the leases of an answer that was not sent, in a turn
     */
    LeasedResponse(
            QueueScheduler turns,
            DeliveryBudget.Reservation hold,
            List<QueueEvent> events,
            long leasesEndMillis,
            long heldMillisMax,
            Consumer<List<Release.Unsent>> giveBack) {
        this.turns = turns;
        this.hold = hold;
        this.events = events;
        this.leasesEndMillis = leasesEndMillis;
        this.heldMillisLeft = heldMillisMax;
        this.giveBack = giveBack;
    }

    @Override
    public void endCharge() {
        hold.release();
    }

    @Override
    public void sent() {
        if (!reported) {
            reported = true;
            events = List.of();
            over = true;
            hold.release();
        }
    }

    @Override
    public void unsent() {
        if (!reported) {
            reported = true;
            hold.release();
            turns.next(() -> {
                giveBack.accept(leases());
                over = true;
            });
        }
    }

    /** Whether nothing more is going to be reported. */
    boolean isOver() {
        return over;
    }

    long leasesEndMillis() {
        return leasesEndMillis;
    }

    /**
     * Whether its leases go on although they may have ended. To be asked in turns of the queue.
     *
     * @param ranMillis for how long the queue ran since this was asked before
     */
    boolean isHeld(long nowMillis, long ranMillis) {
        if (leasesEndMillis > nowMillis) {
            return true;
        }
        heldMillisLeft -= Math.min(ranMillis, nowMillis - leasesEndMillis);
        return heldMillisLeft > 0;
    }

    /** The leases, as the command takes them that gives them back. */
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
