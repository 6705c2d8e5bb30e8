package dev.sluice.runtime.delivery;

import dev.sluice.queue.Content;
import dev.sluice.queue.MessageHeader;
import dev.sluice.queue.ReadyMessage;
import dev.sluice.runtime.queue.ContentCache;
import dev.sluice.store.StoredMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;

/** Messages that may go into one answer, and how far their contents are in hand. Owned by the turns of a queue. */
final class PreparedDelivery {
    private final List<ReadyMessage> candidates;
    private final Content[] contents;
    private final int[] sizes;
    private int chosen;

    PreparedDelivery(List<ReadyMessage> candidates) {
        this.candidates = candidates;
        this.contents = new Content[candidates.size()];
        this.sizes = new int[candidates.size()];
    }

    List<ReadyMessage> candidates() {
        return candidates;
    }

    /** Of all bodies. */
    long bodyBytes() {
        long bytes = 0;
        for (ReadyMessage candidate : candidates) {
            bytes += candidate.header().bodyBytes();
        }
        return bytes;
    }

    /** Takes what memory has; answers what must be read, in order. */
    List<MessageHeader> takeFrom(ContentCache cache) {
        List<MessageHeader> missing = null;
        for (int i = 0; i < contents.length; i++) {
            MessageHeader header = candidates.get(i).header();
            contents[i] = cache.get(header.seq());
            if (contents[i] == null) {
                if (missing == null) {
                    missing = new ArrayList<>();
                }
                missing.add(header);
            }
        }
        return missing == null ? List.of() : missing;
    }

    /** Takes what was read: rows in the order of the candidates, without those that are gone. */
    void take(List<StoredMessage> rows) {
        int at = 0;
        for (StoredMessage row : rows) {
            while (candidates.get(at).header().seq() != row.header().seq()) {
                at++;
            }
            contents[at] = row.content();
        }
    }

    /**
     * Chooses as many of the first candidates as fit into an answer, without those that have no content, and the first of them in any case.
     *
     * @param sizeOf bytes of one message as it will be written
     */
    List<ReadyMessage> choose(ToIntFunction<Content> sizeOf, int bytesMax) {
        long bytes = 0;
        int missing = 0;
        for (chosen = 0; chosen < contents.length; chosen++) {
            if (contents[chosen] == null) {
                missing++;
                continue;
            }
            sizes[chosen] = sizeOf.applyAsInt(contents[chosen]);
            bytes += sizes[chosen];
            if (bytes > bytesMax && chosen > missing) {
                break;
            }
        }
        return missing == 0 ? candidates.subList(0, chosen) : withContent();
    }

    private List<ReadyMessage> withContent() {
        List<ReadyMessage> present = new ArrayList<>(chosen);
        for (int i = 0; i < chosen; i++) {
            if (contents[i] != null) {
                present.add(candidates.get(i));
            }
        }
        return present;
    }

    /** Candidates of which there is no content. */
    List<ReadyMessage> withoutContent() {
        List<ReadyMessage> absent = new ArrayList<>(0);
        for (int i = 0; i < contents.length; i++) {
            if (contents[i] == null) {
                absent.add(candidates.get(i));
            }
        }
        return absent;
    }

    /** The place of a candidate among them, from {@code from} on. */
    int indexOf(long seq, int from) {
        int at = from;
        while (candidates.get(at).header().seq() != seq) {
            at++;
        }
        return at;
    }

    /** The content of a candidate. */
    Content content(int index) {
        return contents[index];
    }

    /** What a chosen candidate takes in the answer, in bytes. */
    int size(int index) {
        return sizes[index];
    }
}
