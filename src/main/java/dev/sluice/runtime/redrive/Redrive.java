package dev.sluice.runtime.redrive;

/**
 * A redrive and its progress. Immutable.
 *
 * @param id 32 lower-case hexadecimal digits
 * @param queueNumber of the queue whose messages move
 * @param queueId of that queue
 * @param queueName of that queue at the start
 * @param belowSeq only messages with smaller numbers move: those that were there at the start
 * @param nextSeq where it continues; with {@link RedriveSpec#seqs} an index into them
 * @param moved messages so far
 * @param skipped messages that stay, because the queue that they came from is unknown or deleted
 * @param reason why it failed or skipped messages; empty if there is nothing to say
 * @param endedMillis 0 while it runs
 */
public record Redrive(
        String id,
        String accountId,
        long queueNumber,
        String queueId,
        String queueName,
        RedriveSpec spec,
        long belowSeq,
        long nextSeq,
        long moved,
        long skipped,
        RedriveStatus status,
        String reason,
        long startedMillis,
        long endedMillis) {
    /** Whether it has not ended. */
    public boolean isRunning() {
        return status == RedriveStatus.RUNNING;
    }

    Redrive advanced(long next, long moreMoved, long moreSkipped, String why) {
        return new Redrive(
                id,
                accountId,
                queueNumber,
                queueId,
                queueName,
                spec,
                belowSeq,
                next,
                moved + moreMoved,
                skipped + moreSkipped,
                status,
                why.isEmpty() ? reason : why,
                startedMillis,
                endedMillis);
    }

    Redrive ended(RedriveStatus how, String why, long atMillis) {
        return new Redrive(
                id,
                accountId,
                queueNumber,
                queueId,
                queueName,
                spec,
                belowSeq,
                nextSeq,
                moved,
                skipped,
                how,
                why.isEmpty() ? reason : why,
                startedMillis,
                atMillis);
    }
}
