package dev.sluice.runtime.delivery;

import dev.sluice.queue.Content;
import dev.sluice.queue.MessageHeader;
import dev.sluice.queue.ReadyMessage;
import dev.sluice.runtime.queue.ContentCache;
import dev.sluice.store.StoredMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/** Candidate messages for one response with the contents that are loaded so far. Confined to the queue's scheduler. */
final class PreparedDelivery {
    private final List<ReadyMessage> candidates;
    private final @Nullable Content[] contents;
    private final int[] sizes;
    private int selected;

    PreparedDelivery(List<ReadyMessage> candidates) {
        this.candidates = candidates;
        this.contents = new Content[candidates.size()];
        this.sizes = new int[candidates.size()];
    }

    List<ReadyMessage> candidates() {
        return candidates;
    }

    /** Body bytes of all candidates. */
    long bodyBytes() {
        long bytes = 0;
        for (ReadyMessage candidate : candidates) {
            bytes += candidate.header().bodyBytes();
        }
        return bytes;
    }

    /** Takes contents from the cache. Returns the headers that must be read, in order. */
    List<MessageHeader> fillFrom(ContentCache cache) {
        @Nullable List<MessageHeader> missing = null;
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

    /** Adds the rows that were read. They are in candidate order; missing messages have no row. */
    void fill(List<StoredMessage> rows) {
        int index = 0;
        for (StoredMessage row : rows) {
            while (candidates.get(index).header().seq() != row.header().seq()) {
                index++;
            }
            contents[index] = row.content();
        }
    }

    /**
     * Selects as many of the first candidates as fit into the response, without those that have no content. Selects at
     * least one that has a content.
     *
     * @param sizeOf size of one message as written, in bytes
     */
    List<ReadyMessage> select(ToIntFunction<Content> sizeOf, int bytesMax) {
        long bytes = 0;
        int missing = 0;
        for (selected = 0; selected < contents.length; selected++) {
            if (contents[selected] == null) {
                missing++;
                continue;
            }
            sizes[selected] = sizeOf.applyAsInt(contents[selected]);
            bytes += sizes[selected];
            if (bytes > bytesMax && selected > missing) {
                break;
            }
        }
        return missing == 0 ? candidates.subList(0, selected) : withContent();
    }

    private List<ReadyMessage> withContent() {
        List<ReadyMessage> present = new ArrayList<>(selected);
        for (int i = 0; i < selected; i++) {
            if (contents[i] != null) {
                present.add(candidates.get(i));
            }
        }
        return present;
    }

    /** Candidates without content. */
    List<ReadyMessage> withoutContent() {
        List<ReadyMessage> absent = new ArrayList<>(0);
        for (int i = 0; i < contents.length; i++) {
            if (contents[i] == null) {
                absent.add(candidates.get(i));
            }
        }
        return absent;
    }

    /** The index of a candidate, searched from {@code from} on. */
    int indexOf(long seq, int from) {
        int index = from;
        while (candidates.get(index).header().seq() != seq) {
            index++;
        }
        return index;
    }

    Content content(int index) {
        return Objects.requireNonNull(contents[index], "not selected");
    }

    /** Size of a selected candidate in the response, in bytes. */
    int size(int index) {
        return sizes[index];
    }
}
