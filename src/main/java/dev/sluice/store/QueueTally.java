package dev.sluice.store;

import dev.sluice.queue.MessageHeader;
import dev.sluice.queue.QueueHead;

/** Counts the records of one queue during a check, to compare them with its head. */
final class QueueTally {
    private final QueueHead head;
    private long messages;
    private long bytes;
    private long waiting;
    private long originalTimestamps;
    private long deadLettered;
    private long deadLetteredBytes;
    private long deadLetteredOriginalTimestamps;

    QueueTally(QueueHead head) {
        this.head = head;
    }

    QueueHead head() {
        return head;
    }

    long messages() {
        return messages;
    }

    long bytes() {
        return bytes;
    }

    void addMessage(MessageHeader header) {
        messages++;
        bytes += header.bodyBytes();
    }

    void addWaiting() {
        waiting++;
    }

    void addOriginalTimestamp() {
        originalTimestamps++;
    }

    /**
     * The head counts a dead-lettered message until its queue confirms the transfer. A message that was purged in
     * between is not counted.
     */
    void addDeadLettered(MessageHeader header) {
        if (header.seq() < head.purgedBelowSeq()) {
            return;
        }
        deadLettered++;
        deadLetteredBytes += header.bodyBytes();
        deadLetteredOriginalTimestamps += header.hasOriginalTimestamp() ? 1 : 0;
    }

    void compare(String queue, CheckReport findings) {
        compare(queue, findings, "messages", messages, head.count() - deadLettered);
        compare(queue, findings, "bytes", bytes, head.bytes() - deadLetteredBytes);
        compare(queue, findings, "waiting messages", waiting, head.scheduledCount());
        compare(
                queue,
                findings,
                "original timestamps",
                originalTimestamps,
                head.originalTimestampCount() - deadLetteredOriginalTimestamps);
        if (head.nextSeq() < 1 || head.arrivalsFromSeq() > head.nextSeq() || head.purgedBelowSeq() > head.nextSeq()) {
            findings.add(
                    queue,
                    "the head contradicts itself: next message " + head.nextSeq() + ", arrivals from "
                            + head.arrivalsFromSeq() + ", purged below " + head.purgedBelowSeq());
        }
    }

    private static void compare(String queue, CheckReport findings, String what, long counted, long expected) {
        if (counted != expected) {
            findings.add(queue, "it holds " + counted + " " + what + ", its head says " + expected);
        }
    }
}
