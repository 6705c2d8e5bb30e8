package dev.sluice.queue;

import java.util.List;

/** Skeleton. */
public final class QueueState {
    /** Changes memory by one fact. */
    public void apply(QueueEvent event) {}

    /** Starts tracking what changes while a read is under way. */
    public void begin(Need need) {}

    /** Takes the rows of a read. */
    public void supply(Need need, List<?> rows) {}
}
