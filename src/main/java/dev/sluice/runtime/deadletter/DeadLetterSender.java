package dev.sluice.runtime.deadletter;

import dev.sluice.queue.ConfirmDeadLettered;
import dev.sluice.queue.DeadLetterOrigin;
import dev.sluice.queue.MessageHeader;
import dev.sluice.queue.QueueDefinition;
import dev.sluice.queue.QueueError;
import dev.sluice.queue.QueueEvent;
import dev.sluice.queue.QueueException;
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
 * Retries without limit: this queue keeps a message until the other queue has it. Confined to the queue's scheduler.
 */
public final class DeadLetterSender {
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

    /**
     * Applies a new definition. Without a consumer, messages that are already dead-lettering still go to the queue
     * chosen before.
     */
    public void configure(QueueDefinition definition) {
        this.definition = definition;
        if (definition.consumer() != null
                && !definition.consumer().deadLetterQueue().isEmpty()) {
            deadLetterQueue = definition.consumer().deadLetterQueue();
        }
    }

    /** Starts a transfer unless one is in progress or nothing is dead-lettering. */
    public void sendNext() {
        if (closed || inProgress || deadLetterQueue == null) {
            return;
        }
        List<QueueEvent.DeadLettering> letters = next();
        if (letters.isEmpty()) {
            return;
        }
        inProgress = true;
        // The leases must be on disk before the other queue deletes them.
        executor.afterStored(() -> send(letters), refusal -> inProgress = false);
    }

    private List<QueueEvent.DeadLettering> next() {
        List<QueueEvent.DeadLettering> letters = new ArrayList<>();
        long bytes = 0;
        for (QueueEvent.DeadLettering letter : executor.state().deadLettering(0, MESSAGES_MAX)) {
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

    /** Starts no further transfer. Dead-lettering messages are found as leases when the queue is loaded again. */
    public void close() {
        closed = true;
    }
}
