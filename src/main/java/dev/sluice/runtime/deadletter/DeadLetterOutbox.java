package dev.sluice.runtime.deadletter;

import dev.sluice.queue.BeginMove;
import dev.sluice.queue.ByteBudget;
import dev.sluice.queue.DeadLetterMove;
import dev.sluice.queue.DeadLetterOrigin;
import dev.sluice.queue.EndMove;
import dev.sluice.queue.MessageHeader;
import dev.sluice.queue.QueueDefinition;
import dev.sluice.queue.QueueEvent;
import dev.sluice.runtime.bus.QueueRequest;
import dev.sluice.runtime.bus.ReplyHandler;
import dev.sluice.runtime.queue.QueueCommandExecutor;
import dev.sluice.runtime.queue.QueueScheduler;
import dev.sluice.store.QueueStore;
import dev.sluice.store.StoredMessage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves dead letters to a queue that is stored apart, in steps that can each be repeated:
 *
 * <pre>
 * store the move: its number, its target, its messages ─► send it ─► the target takes each number once ─► store its end
 *                                                          ▲                            │ it was deleted
 *                                                          └── a later move, to the queue that has the name then
 * </pre>
 *
 * <p>The content of a move is fixed once it is stored, and its number is never used again. So whatever fails, and
 * whichever node repeats it, no message is lost or doubled. One move at a time.
 */
public final class DeadLetterOutbox implements DeadLetterSending {
    private static final Logger LOG = LoggerFactory.getLogger(DeadLetterOutbox.class);
    private static final long RETRY_MILLIS = 1_000;
    /** Other transfers have ended by then. */
    private static final long BUDGET_RETRY_MILLIS = 50;

    private final QueueCommandExecutor executor;
    private final QueueStore store;
    private final QueueScheduler scheduler;
    private final DeadLetterTransport transport;
    private final ByteBudget budget;
    private QueueDefinition definition;
    private @Nullable String deadLetterQueue;
    private boolean inProgress;
    private boolean closed;

    /** Creates the outbox of a queue that was just loaded. */
    public DeadLetterOutbox(
            QueueDefinition definition,
            QueueCommandExecutor executor,
            QueueStore store,
            QueueScheduler scheduler,
            DeadLetterTransport transport,
            ByteBudget budget) {
        this.definition = definition;
        this.executor = executor;
        this.store = store;
        this.scheduler = scheduler;
        this.transport = transport;
        this.budget = budget;
        configure(definition);
    }

    @Override
    public void configure(QueueDefinition newDefinition) {
        definition = newDefinition;
        deadLetterQueue = DeadLetterSender.targetOf(newDefinition, deadLetterQueue);
    }

    @Override
    public void sendNext() {
        if (closed || inProgress) {
            return;
        }
        if (executor.state().move().isActive()) {
            inProgress = true;
            send(executor.state().move());
            return;
        }
        List<QueueEvent.DeadLettering> letters = DeadLetterSender.nextOf(executor.state());
        String target = deadLetterQueue;
        if (letters.isEmpty() || target == null) {
            return;
        }
        inProgress = true;
        List<Long> seqs =
                letters.stream().map(letter -> letter.lease().header().seq()).toList();
        transport
                .resolve(definition.number(), definition.accountId(), target)
                .onComplete(found -> scheduler.execute(() -> {
                    if (found.succeeded()) {
                        begin(new BeginMove(found.result(), seqs));
                    } else {
                        retryLater(found.cause());
                    }
                }));
    }

    private void begin(BeginMove command) {
        if (!closed) {
            executor.execute(command, ReplyHandler.of(this::send, this::retryLater));
        }
    }

    /** The move is stored. */
    private void send(DeadLetterMove move) {
        if (closed) {
            return;
        }
        if (!move.isActive()) {
            retry();
            return;
        }
        if (budget.isFull()) {
            scheduler.schedule(BUDGET_RETRY_MILLIS, this::retry);
            return;
        }
        Map<Long, DeadLetterOrigin> origins = new HashMap<>();
        List<MessageHeader> headers = new ArrayList<>();
        for (QueueEvent.DeadLettering letter : executor.state().deadLettering(0, Integer.MAX_VALUE)) {
            MessageHeader header = letter.lease().header();
            if (move.letters().stream().anyMatch(each -> each.seq() == header.seq())) {
                headers.add(header);
                origins.put(
                        header.seq(),
                        new DeadLetterOrigin(
                                definition.number(),
                                definition.name(),
                                letter.reason(),
                                letter.atMillis(),
                                letter.lease().delivery()));
            }
        }
        ByteBudget.Reservation reservation = new ByteBudget.Reservation(budget);
        reservation.resize(headers.stream().mapToLong(MessageHeader::bodyBytes).sum());
        executor.afterStored(() -> read(move, headers, origins, reservation), refusal -> {
            reservation.close();
            retryLater(refusal);
        });
    }

    private void read(
            DeadLetterMove move,
            List<MessageHeader> headers,
            Map<Long, DeadLetterOrigin> origins,
            ByteBudget.Reservation reservation) {
        store.readContents(definition.number(), headers)
                .whenComplete((stored, failure) -> scheduler.execute(() -> {
                    if (failure != null) {
                        reservation.close();
                        retryLater(failure);
                        return;
                    }
                    reportMissing(headers, stored);
                    List<StoredMessage> messages = stored.stream()
                            .map(message -> new StoredMessage(
                                    message.header(),
                                    message.content()
                                            .from(origins.get(message.header().seq()))))
                            .toList();
                    transfer(
                            move,
                            new QueueRequest.TakeDeadLetters(definition.number(), move.number(), messages, false),
                            reservation);
                }));
    }

    private void reportMissing(List<MessageHeader> headers, List<StoredMessage> stored) {
        if (stored.size() < headers.size() && !closed) {
            List<Long> present =
                    stored.stream().map(message -> message.header().seq()).toList();
            headers.stream()
                    .map(MessageHeader::seq)
                    .filter(seq -> !present.contains(seq)
                            && seq >= executor.state().head().purgedBelowSeq())
                    .forEach(seq -> executor.reportWithoutContent(
                            definition.number(), seq, "it is not moved to the dead letter queue"));
        }
    }

    private void transfer(
            DeadLetterMove move, QueueRequest.TakeDeadLetters request, ByteBudget.Reservation reservation) {
        transport
                .move(move.targetNumber(), request)
                .onComplete(sent -> scheduler.execute(() -> {
                    reservation.close();
                    if (sent.succeeded()) {
                        end(move, sent.result());
                    } else {
                        retryLater(sent.cause());
                    }
                }));
    }

    private void end(DeadLetterMove move, DeadLetterTransport.MoveResult result) {
        if (closed) {
            return;
        }
        boolean taken = result == DeadLetterTransport.MoveResult.TAKEN;
        if (!taken) {
            LOG.info("queue {}: its dead letter queue was deleted during a move", definition.number());
        }
        inProgress = false;
        executor.execute(new EndMove(move.number(), taken), ReplyHandler.ignoring());
        sendNext();
    }

    private void retryLater(Throwable cause) {
        if (!closed) {
            LOG.warn(
                    "queue {}: dead letter queue '{}' did not take a move ({}), trying again",
                    definition.number(),
                    deadLetterQueue,
                    cause.getMessage());
            scheduler.schedule(RETRY_MILLIS, this::retry);
        }
    }

    private void retry() {
        inProgress = false;
        sendNext();
    }

    @Override
    public void close() {
        closed = true;
    }
}
