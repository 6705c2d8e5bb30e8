package dev.sluice.runtime.redrive;

import java.util.List;

/**
 * What a redrive moves and where to.
 *
 * @param destinationNumber of the queue that gets the messages; {@link #TO_ORIGIN} for the one that each came from
 * @param seqs numbers of the messages; empty for all that are ready
 * @param limit messages at most; 0 for no limit
 * @param perSecond messages per second at most; 0 for no limit
 */
public record RedriveSpec(long destinationNumber, List<Long> seqs, long limit, int perSecond) {
    /** Each message goes to the queue that it came from. */
    public static final long TO_ORIGIN = 0;
    /** The most single messages that one redrive may name. */
    public static final int SEQS_MAX = 1_000;
    /** The highest rate that can be asked for. */
    public static final int PER_SECOND_MAX = 100_000;

    public RedriveSpec {
        seqs = List.copyOf(seqs);
    }
}
