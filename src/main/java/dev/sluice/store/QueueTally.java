package dev.sluice.store;

import dev.sluice.queue.MessageHeader;
import dev.sluice.queue.QueueHead;

/** What a check counts of one queue, to be compared with what its head says. */
final class QueueTally {
    private final QueueHead head;
    private long messages;
    private long bytes;
    private long waiting;
    private long inherited;
    private long departed;
    private long departedBytes;
    private long departedInherited;

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
        inherited++;
    }

    /** The head goes on counting a message that left until its queue confirms that; one that was purged meanwhile is not in it. */
    void addDeparted(MessageHeader header) {
        if (header.seq() < head.purgedBelowSeq()) {
            return;
        }
        departed++;
        departedBytes += header.bodyBytes();
        departedInherited += header.hasOriginalTimestamp() ? 1 : 0;
    }

    void compare(String queue, CheckReport findings) {
        compare(queue, findings, "messages", messages, head.count() - departed);
        compare(queue, findings, "bytes", bytes, head.bytes() - departedBytes);
        compare(queue, findings, "waiting messages", waiting, head.scheduledCount());
        compare(queue, findings, "inherited timestamps", inherited, head.originalTimestampCount() - departedInherited);
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
