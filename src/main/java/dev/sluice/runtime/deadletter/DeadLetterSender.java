package dev.sluice.runtime.deadletter;

import dev.sluice.queue.ConfirmDeadLettered;
import dev.sluice.queue.Consumer;
import dev.sluice.queue.DeadLetterOrigin;
import dev.sluice.queue.MessageHeader;
import dev.sluice.queue.QueueDefinition;
import dev.sluice.queue.QueueError;
import dev.sluice.queue.QueueEvent;
import dev.sluice.queue.QueueException;
import dev.sluice.queue.QueueState;
import dev.sluice.runtime.bus.QueueRequest;
import dev.sluice.runtime.bus.ReplyHandler;
import dev.sluice.runtime.queue.QueueCommandExecutor;
import dev.sluice.runtime.queue.QueueScheduler;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves dead-lettering messages to the dead letter queue in batches and confirms each batch when it is stored there.
 * For a store that changes both queues in one batch. Confined to the queue's scheduler.
 */
public final class DeadLetterSender implements DeadLetterSending {
    private static final Logger LOG = LoggerFactory.getLogger(DeadLetterSender.class);
    private static final int MESSAGES_MAX = 100;
    /** Bodies of one batch. A single larger message is sent alone. */
    private static final long BATCH_BYTES_MAX = 1 << 20;

    private static final long RETRY_MILLIS = 1_000;
    /** Other transfers have ended by then. */
    private static final long OVERLOADED_RETRY_MILLIS = 50;

    private final QueueCommandExecutor executor;
    private final QueueScheduler scheduler;
    private final DeadLetterTransport transport;
    private QueueDefinition definition;
    private @Nullable String deadLetterQueue;
    private boolean inProgress;
    private boolean closed;

    public DeadLetterSender(
            QueueDefinition definition,
            QueueCommandExecutor executor,
            QueueScheduler scheduler,
            DeadLetterTransport transport) {
        this.executor = executor;
        this.scheduler = scheduler;
        this.transport = transport;
        configure(definition);
    }

    @Override
    public void configure(QueueDefinition definition) {
        this.definition = definition;
        deadLetterQueue = targetOf(definition, deadLetterQueue);
    }

    /** The dead letter queue of a queue; the one before if it has none now. */
    static @Nullable String targetOf(QueueDefinition definition, @Nullable String before) {
        Consumer consumer = definition.consumer();
        return consumer == null || consumer.deadLetterQueue().isEmpty() ? before : consumer.deadLetterQueue();
    }

    @Override
    public void sendNext() {
        if (closed || inProgress || deadLetterQueue == null) {
            return;
        }
        List<QueueEvent.DeadLettering> letters = nextOf(executor.state());
        if (letters.isEmpty()) {
            return;
        }
        inProgress = true;
        // The leases must be on disk before the other queue deletes them.
        executor.afterStored(() -> send(letters), refusal -> inProgress = false);
    }

    /** The messages of the next transfer of a queue. */
    static List<QueueEvent.DeadLettering> nextOf(QueueState state) {
        List<QueueEvent.DeadLettering> letters = new ArrayList<>();
        long bytes = 0;
        for (QueueEvent.DeadLettering letter : state.deadLettering(0, MESSAGES_MAX)) {
            bytes += letter.lease().header().bodyBytes();
            if (bytes > BATCH_BYTES_MAX && !letters.isEmpty()) {
                break;
            }
            letters.add(letter);
        }
        return letters;
    }

    private DeadLetterOrigin origin(QueueEvent.DeadLettering letter) {
        return new DeadLetterOrigin(
                definition.number(),
                definition.name(),
                letter.reason(),
                letter.atMillis(),
                letter.lease().delivery());
    }

    private void send(List<QueueEvent.DeadLettering> letters) {
        String target = deadLetterQueue;
        if (closed || target == null) {
            return;
        }
        List<MessageHeader> headers =
                letters.stream().map(letter -> letter.lease().header()).toList();
        Map<Long, DeadLetterOrigin> origins = new HashMap<>();
        letters.forEach(letter -> origins.put(letter.lease().header().seq(), origin(letter)));
        QueueRequest.ReceiveDeadLetters transfer = new QueueRequest.ReceiveDeadLetters(
                definition.number(), executor.generation(), headers, origins, false);
        transport
                .send(definition.accountId(), target, transfer)
                .onComplete(sent -> scheduler.execute(() -> {
                    if (sent.succeeded()) {
                        confirm(headers);
                    } else {
                        retryLater(headers, sent.cause());
                    }
                }));
    }

    /** A closed sender confirms nothing. The queue finds the markers when it is loaded again. */
    private void confirm(List<MessageHeader> headers) {
        if (closed) {
            return;
        }
        inProgress = false;
        executor.execute(
                new ConfirmDeadLettered(headers.stream().map(MessageHeader::seq).toList()), ReplyHandler.ignoring());
        sendNext();
    }

    private void retryLater(List<MessageHeader> headers, Throwable cause) {
        if (cause instanceof QueueException refusal && refusal.error() == QueueError.OVERLOADED) {
            scheduler.schedule(OVERLOADED_RETRY_MILLIS, this::retry);
            return;
        }
        LOG.warn(
                "queue {}: dead letter queue '{}' did not take {} messages ({}), trying again",
                definition.number(),
                deadLetterQueue,
                headers.size(),
                cause.getMessage());
        scheduler.schedule(RETRY_MILLIS, this::retry);
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
