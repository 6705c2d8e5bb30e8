package dev.sluice.runtime;

import dev.sluice.queue.ByteBudget;
import dev.sluice.queue.Lease;
import dev.sluice.queue.MessageHeader;
import dev.sluice.queue.MessageState;
import dev.sluice.queue.QueueDefinition;
import dev.sluice.queue.QueueError;
import dev.sluice.queue.QueueException;
import dev.sluice.queue.QueueHead;
import dev.sluice.queue.ScheduledMessage;
import dev.sluice.runtime.clock.ContinuousClock;
import dev.sluice.store.QueueReads;
import dev.sluice.store.QueueStore;
import dev.sluice.store.StoreSnapshot;
import dev.sluice.store.StoredMessage;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Reads the messages of a queue page by page, in the order in which they were stored, without a lease and without
 * activating the queue. A page shows what was stored when it was read. Safe for use from several threads; results
 * complete on the caller's context.
 */
public final class QueueBrowser {
    /** Bodies of one page. A single larger message is shown alone. */
    public static final int PAGE_BYTES_MAX = QueueReads.ARRIVALS_BYTES_MAX;
    /** Rows of each index that one page reads at most. A page of a rare state may so be short, and still not the last. */
    private static final int ROWS_MAX = 2_000;

    private static final long END = Long.MAX_VALUE;

    private final Vertx vertx;
    private final QueueStore store;
    private final ByteBudget budget;
    private final ContinuousClock clock;

    QueueBrowser(Vertx vertx, RuntimeResources resources) {
        this.vertx = vertx;
        this.store = resources.store();
        this.budget = resources.budgets().responses();
        this.clock = resources.clock();
    }

    /**
     * One page.
     *
     * @param nextSeq where the next page begins; 0 if this is the last one
     * @param reservation the memory of the bodies; the receiver closes it
     */
    public record MessagePage(List<BrowsedMessage> messages, long nextSeq, ByteBudget.Reservation reservation) {}

    /**
     * A message with its state.
     *
     * @param deliveries so far
     * @param visibleAtMillis when it is, was or will be ready again: the end of its delay or lease
     */
    public record BrowsedMessage(StoredMessage message, MessageState state, int deliveries, long visibleAtMillis) {}

    /**
     * Reads a page.
     *
     * @param states those that the page may show
     * @param fromSeq number of the first message that it may show
     * @param limit messages at most, from 1
     * @return a failed future carries a QueueException: OVERLOADED if there is no memory, UNAVAILABLE if the store
     *     cannot be read
     */
    public Future<MessagePage> browse(QueueDefinition queue, Set<MessageState> states, long fromSeq, int limit) {
        if (budget.isFull()) {
            return Future.failedFuture(new QueueException(QueueError.OVERLOADED));
        }
        ByteBudget.Reservation reservation = new ByteBudget.Reservation(budget);
        // Before the read: arrivals are read with their contents.
        reservation.resize(2L * PAGE_BYTES_MAX);
        return Future.fromCompletionStage(
                        store.read(queue.number(), snapshot -> {
                            PageReader reader = new PageReader(snapshot, queue, states, clock.nowMillis());
                            return reader.read(fromSeq, limit, reservation);
                        }),
                        vertx.getOrCreateContext())
                .recover(failure -> {
                    reservation.close();
                    return Future.failedFuture(new QueueException(QueueError.UNAVAILABLE));
                });
    }

    /** A message of which the content may not be read yet. */
    private record IndexRow(MessageHeader header, MessageState state, int deliveries, long visibleAtMillis) {}

    /** Merges the indexes of one queue by seq. */
    private static final class PageReader {
        private final StoreSnapshot snapshot;
        private final QueueDefinition queue;
        private final Set<MessageState> states;
        private final long nowMillis;
        private final List<IndexRow> rows = new ArrayList<>();
        /** Up to here every index was read. */
        private long readUpTo = END;

        PageReader(StoreSnapshot snapshot, QueueDefinition queue, Set<MessageState> states, long nowMillis) {
            this.snapshot = snapshot;
            this.queue = queue;
            this.states = states;
            this.nowMillis = nowMillis;
        }

        MessagePage read(long fromSeq, int limit, ByteBudget.Reservation reservation) {
            QueueHead head = QueueReads.head(snapshot, queue.number());
            if (head == null || head.count() == 0) {
                reservation.resize(0);
                return new MessagePage(List.of(), 0, reservation);
            }
            if (states.contains(MessageState.READY)) {
                addArrivals(Math.max(fromSeq, head.arrivalsFromSeq()), limit);
            }
            if (states.contains(MessageState.READY) || states.contains(MessageState.DELAYED)) {
                addScheduled(fromSeq);
            }
            if (states.contains(MessageState.LEASED)) {
                addLeased(fromSeq);
            }
            rows.removeIf(row -> row.header().seq() > readUpTo);
            rows.sort(Comparator.comparingLong(row -> row.header().seq()));
            return page(limit, reservation);
        }

        private void addArrivals(long fromSeq, int limit) {
            List<StoredMessage> arrivals = QueueReads.arrivals(snapshot, queue.number(), fromSeq, limit, PAGE_BYTES_MAX)
                    .rows();
            long bytes = 0;
            for (StoredMessage arrival : arrivals) {
                MessageHeader header = arrival.header();
                bytes += header.bodyBytes();
                add(new IndexRow(header, MessageState.READY, 0, header.storedAtMillis()));
            }
            if (arrivals.size() == limit || bytes >= PAGE_BYTES_MAX) {
                endsAt(arrivals.get(arrivals.size() - 1).header().seq());
            }
        }

        private void addScheduled(long fromSeq) {
            List<ScheduledMessage> waiting = QueueReads.waiting(snapshot, queue.number(), fromSeq, ROWS_MAX);
            for (ScheduledMessage message : waiting) {
                MessageState state =
                        message.availableAtMillis() <= nowMillis ? MessageState.READY : MessageState.DELAYED;
                if (states.contains(state)) {
                    add(new IndexRow(message.header(), state, message.deliveries(), message.availableAtMillis()));
                }
            }
            if (waiting.size() == ROWS_MAX) {
                endsAt(waiting.get(ROWS_MAX - 1).header().seq());
            }
        }

        private void addLeased(long fromSeq) {
            List<Lease> leases = QueueReads.leases(snapshot, queue.number(), fromSeq, ROWS_MAX);
            for (Lease lease : leases) {
                rows.add(new IndexRow(lease.header(), MessageState.LEASED, lease.delivery(), lease.expiresAtMillis()));
            }
            if (leases.size() == ROWS_MAX) {
                endsAt(leases.get(ROWS_MAX - 1).header().seq());
            }
        }

        /** Adds a message unless its retention has ended. */
        private void add(IndexRow row) {
            long retentionMillis = TimeUnit.SECONDS.toMillis(queue.settings().retentionSeconds());
            if (nowMillis - row.header().storedAtMillis() < retentionMillis) {
                rows.add(row);
            }
        }

        private void endsAt(long seq) {
            readUpTo = Math.min(readUpTo, seq);
        }

        private MessagePage page(int limit, ByteBudget.Reservation reservation) {
            int count = 0;
            long bytes = 0;
            while (count < rows.size() && count < limit) {
                long more = rows.get(count).header().bodyBytes();
                if (count > 0 && bytes + more > PAGE_BYTES_MAX) {
                    break;
                }
                bytes += more;
                count++;
            }
            List<IndexRow> shown = rows.subList(0, count);
            long next;
            if (count < rows.size()) {
                next = rows.get(count).header().seq();
            } else {
                next = readUpTo == END ? 0 : readUpTo + 1;
            }
            reservation.resize(bytes);
            return new MessagePage(withContents(shown), next, reservation);
        }

        private List<BrowsedMessage> withContents(List<IndexRow> shown) {
            List<StoredMessage> contents = QueueReads.contents(
                    snapshot,
                    queue.number(),
                    shown.stream().map(IndexRow::header).toList());
            List<BrowsedMessage> messages = new ArrayList<>(contents.size());
            int at = 0;
            for (IndexRow row : shown) {
                // A message without content is omitted there.
                if (at < contents.size()
                        && contents.get(at).header().seq() == row.header().seq()) {
                    messages.add(new BrowsedMessage(
                            contents.get(at++), row.state(), row.deliveries(), row.visibleAtMillis()));
                }
            }
            return messages;
        }
    }
}
