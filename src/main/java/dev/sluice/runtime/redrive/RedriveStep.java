package dev.sluice.runtime.redrive;

import dev.sluice.queue.DeadLetterOrigin;
import dev.sluice.queue.MessageState;
import dev.sluice.queue.NewMessage;
import dev.sluice.queue.QueueDefinition;
import dev.sluice.queue.QueueError;
import dev.sluice.queue.QueueException;
import dev.sluice.runtime.QueueBrowser;
import dev.sluice.runtime.QueueBrowser.BrowsedMessage;
import dev.sluice.runtime.bus.QueueClient;
import dev.sluice.runtime.catalog.CatalogView;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Moves one page of messages. First the destination stores them, then they are deleted here: a process that ends in
 * between delivers them twice, and loses none. Stateless; usable from any context.
 */
final class RedriveStep {
    /** Messages of one step, as many as a push may have. */
    private static final int MESSAGES_MAX = 100;

    private static final Set<MessageState> READY = EnumSet.of(MessageState.READY);
    private static final String ORIGIN_GONE = "The queue that some messages came from is unknown or was deleted.";

    private final CatalogView catalog;
    private final QueueBrowser browser;
    private final QueueClient queues;
    private final Supplier<Future<Void>> pause;

    /** @param pause completes after the time between two attempts */
    RedriveStep(CatalogView catalog, QueueBrowser browser, QueueClient queues, Supplier<Future<Void>> pause) {
        this.catalog = catalog;
        this.browser = browser;
        this.queues = queues;
        this.pause = pause;
    }

    /** What a step read. */
    private record Candidates(List<BrowsedMessage> messages, long nextSeq) {}

    /**
     * Moves the next messages. A result whose {@code nextSeq} is 0 has no further step.
     *
     * @return a failed future carries a QueueException; nothing was moved, unless messages of other origins were
     */
    Future<Redrive> run(Redrive redrive) {
        QueueDefinition queue = catalog.findByNumber(redrive.queueNumber());
        if (queue == null) {
            return Future.failedFuture(
                    new QueueException(QueueError.QUEUE_UNKNOWN, "The queue of the dead letters was deleted."));
        }
        int limit = limit(redrive);
        if (limit <= 0) {
            return Future.succeededFuture(redrive.advanced(0, 0, 0, ""));
        }
        Future<Candidates> read =
                redrive.spec().seqs().isEmpty() ? page(queue, redrive, limit) : named(queue, redrive, limit);
        return read.compose(candidates -> move(queue, redrive, candidates));
    }

    private static int limit(Redrive redrive) {
        RedriveSpec spec = redrive.spec();
        long limit = spec.limit() == 0 ? MESSAGES_MAX : Math.min(MESSAGES_MAX, spec.limit() - redrive.moved());
        return (int) (spec.perSecond() == 0 ? limit : Math.min(limit, spec.perSecond()));
    }

    private Future<Candidates> page(QueueDefinition queue, Redrive redrive, int limit) {
        return browser.browse(queue, READY, redrive.nextSeq(), limit).map(page -> {
            page.reservation().close();
            List<BrowsedMessage> messages = page.messages().stream()
                    .filter(each -> each.message().header().seq() < redrive.belowSeq())
                    .toList();
            boolean more = page.nextSeq() != 0 && page.nextSeq() < redrive.belowSeq();
            return new Candidates(messages, more ? page.nextSeq() : 0);
        });
    }

    private Future<Candidates> named(QueueDefinition queue, Redrive redrive, int limit) {
        List<Long> seqs = redrive.spec().seqs();
        int from = (int) redrive.nextSeq() - 1;
        int to = Math.min(seqs.size(), from + limit);
        List<BrowsedMessage> found = new ArrayList<>();
        Future<Void> reads = Future.succeededFuture();
        for (long seq : seqs.subList(from, to)) {
            reads = reads.compose(before -> browser.browse(queue, READY, seq, 1))
                    .map(page -> {
                        page.reservation().close();
                        page.messages().stream()
                                .filter(each -> each.message().header().seq() == seq)
                                .forEach(found::add);
                        return null;
                    });
        }
        return reads.map(done -> new Candidates(found, to == seqs.size() ? 0 : to + 1L));
    }

    private Future<Redrive> move(QueueDefinition queue, Redrive redrive, Candidates candidates) {
        Map<Long, List<BrowsedMessage>> byDestination = new LinkedHashMap<>();
        int skipped = 0;
        for (BrowsedMessage message : candidates.messages()) {
            long destination = destination(redrive, message);
            if (destination == queue.number()
                    || catalog.findByNumber(destination) == null
                            && redrive.spec().destinationNumber() == RedriveSpec.TO_ORIGIN) {
                skipped++;
            } else {
                byDestination
                        .computeIfAbsent(destination, first -> new ArrayList<>())
                        .add(message);
            }
        }
        Future<Long> moved = Future.succeededFuture(0L);
        for (Map.Entry<Long, List<BrowsedMessage>> group : byDestination.entrySet()) {
            moved = moved.compose(
                    before -> move(queue, group.getKey(), group.getValue()).map(count -> before + count));
        }
        int skippedCount = skipped;
        return moved.map(count ->
                redrive.advanced(candidates.nextSeq(), count, skippedCount, skippedCount == 0 ? "" : ORIGIN_GONE));
    }

    private static long destination(Redrive redrive, BrowsedMessage message) {
        if (redrive.spec().destinationNumber() != RedriveSpec.TO_ORIGIN) {
            return redrive.spec().destinationNumber();
        }
        DeadLetterOrigin origin = message.message().content().deadLetter();
        return origin == null ? RedriveSpec.TO_ORIGIN : origin.queueNumber();
    }

    private Future<Long> move(QueueDefinition queue, long destinationNumber, List<BrowsedMessage> messages) {
        QueueDefinition destination = catalog.findByNumber(destinationNumber);
        if (destination == null) {
            return Future.failedFuture(
                    new QueueException(QueueError.QUEUE_UNKNOWN, "The destination of the redrive was deleted."));
        }
        List<NewMessage> copies = messages.stream()
                .map(each -> each.message().content())
                .map(content -> new NewMessage(
                        content.idHigh(), content.idLow(), content.contentType(), content.body(), 0, content.trace()))
                .toList();
        List<Long> seqs =
                messages.stream().map(each -> each.message().header().seq()).toList();
        return queues.push(destination, copies)
                .compose(stored -> delete(queue, seqs))
                .map(deleted -> (long) seqs.size());
    }

    /** They are stored elsewhere now, so a queue that is only unavailable is asked again. */
    private Future<List<Boolean>> delete(QueueDefinition queue, List<Long> seqs) {
        return queues.purge(queue, seqs)
                .recover(failure -> Redrives.isTransient(failure) && catalog.findByNumber(queue.number()) != null
                        ? pause.get().compose(waited -> delete(queue, seqs))
                        : Future.failedFuture(failure));
    }
}
