package dev.sluice.runtime;

import dev.sluice.queue.Ack;
import dev.sluice.queue.Consumer;
import dev.sluice.queue.ConsumerSettings;
import dev.sluice.queue.ConsumerType;
import dev.sluice.queue.LeaseId;
import dev.sluice.queue.NewMessage;
import dev.sluice.queue.Pull;
import dev.sluice.queue.QueueDefinition;
import dev.sluice.queue.QueueException;
import dev.sluice.queue.QueueState;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pushes batches to the Worker of a queue: as soon as {@code batch_size} messages are ready or the first of them has waited
 * {@code max_wait_time_ms}, up to {@code max_concurrency} batches at once. A batch is a pull with a lease that outlasts the
 * delivery, followed by an acknowledgement; so attempts, dead letters and a crash in between are what they are for pulls.
 *
 * <p>Owned by the turns of one queue.
 */
final class WorkerDispatcher {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerDispatcher.class);
    /** How much longer than its delivery a lease lasts, so that an answer at the last moment still finds it. */
    private static final int LEASE_MARGIN_MILLIS = 10_000;
    /** Pause after a pull that got nothing although something was ready, as when the bound on leases is reached. */
    private static final long EMPTY_PAUSE_MILLIS = 100;

    private final QueueShell shell;
    private final Turns turns;
    private final WorkerTarget.Directory directory;
    private final int concurrencyMax;
    private final DeadlineTimer timer;
    private QueueDefinition definition;
    private WorkerTarget target;
    private int underWay;
    private long pausedUntilMillis;
    private boolean failing;
    private boolean closed;

    WorkerDispatcher(
            QueueDefinition definition,
            QueueShell shell,
            Turns turns,
            WorkerTarget.Directory directory,
            int concurrencyMax) {
        this.shell = shell;
        this.turns = turns;
        this.directory = directory;
        this.concurrencyMax = concurrencyMax;
        this.timer = new DeadlineTimer(turns, this::look);
        configure(definition);
    }

    /** Takes note of consumer and settings; batches under way end as they began. */
    void configure(QueueDefinition definition) {
        this.definition = definition;
        Consumer consumer = definition.consumer();
        target = consumer != null && consumer.type() == ConsumerType.WORKER
                ? directory.find(consumer.scriptName())
                : null;
    }

    /** When the dispatcher has something to do, {@link Long#MAX_VALUE} if nothing is in sight. */
    long nextMillis() {
        if (target == null || definition.settings().deliveryPaused()) {
            return Long.MAX_VALUE;
        }
        long readySince = shell.state().nextReadyMillis();
        return readySince == Long.MAX_VALUE ? readySince : dueMillis(readySince, turns.nowMillis());
    }

    /** Sends what is due; to be called after every change. */
    void look() {
        while (!closed && target != null && !definition.settings().deliveryPaused() && underWay < concurrency()) {
            long nowMillis = turns.nowMillis();
            long readySince = shell.state().nextReadyMillis();
            if (readySince == Long.MAX_VALUE) {
                return;
            }
            long dueMillis = Math.max(pausedUntilMillis, dueMillis(readySince, nowMillis));
            if (dueMillis > nowMillis) {
                timer.arm(dueMillis);
                return;
            }
            send();
        }
    }

    private long dueMillis(long readySince, long nowMillis) {
        ConsumerSettings settings = definition.consumer().settings();
        QueueState state = shell.state();
        if (readySince <= nowMillis && state.readyCount(nowMillis, settings.batchSize()) >= settings.batchSize()) {
            return nowMillis;
        }
        return Math.max(readySince, readySince + settings.maxWaitTimeMillis());
    }

    private int concurrency() {
        int wished = definition.consumer().settings().maxConcurrency();
        return wished == ConsumerSettings.CONCURRENCY_UNSET ? concurrencyMax : Math.min(wished, concurrencyMax);
    }

    private void send() {
        underWay++;
        WorkerTarget receiver = target;
        int leaseMillis = (int) Math.min(Integer.MAX_VALUE, receiver.timeoutMillis() + LEASE_MARGIN_MILLIS);
        Pull pull = new Pull(Pull.FROM_CONSUMER, leaseMillis, ConsumerType.WORKER);
        shell.deliver(new QueueRequest.Deliver(pull), new Reply<>() {
            @Override
            public void succeed(QueueClient.Delivered batch) {
                if (batch.deliveries().isEmpty()) {
                    pausedUntilMillis = turns.nowMillis() + EMPTY_PAUSE_MILLIS;
                    ended();
                } else {
                    hand(receiver, batch);
                }
            }

            @Override
            public void fail(QueueException why) {
                pausedUntilMillis = turns.nowMillis() + EMPTY_PAUSE_MILLIS;
                ended();
            }
        });
    }

    private void hand(WorkerTarget receiver, QueueClient.Delivered batch) {
        receiver.deliver(new WorkerTarget.Batch(definition, batch.deliveries(), batch.metrics()))
                .onComplete(verdict -> turns.next(() -> {
                    report(verdict.cause());
                    settle(batch, verdict.result());
                }));
    }

    /** One line when a target starts to fail and one when it works again, not one per batch. */
    private void report(Throwable failure) {
        if (failure != null && !failing) {
            LOG.warn(
                    "queue '{}': worker '{}' does not take batches: {}",
                    definition.name(),
                    scriptName(),
                    failure.getMessage());
        } else if (failure == null && failing) {
            LOG.info("queue '{}': worker '{}' takes batches again", definition.name(), scriptName());
        }
        failing = failure != null;
    }

    private String scriptName() {
        return definition.consumer() == null ? "" : definition.consumer().scriptName();
    }

    private void settle(QueueClient.Delivered batch, WorkerTarget.Verdict verdict) {
        List<LeaseId> acks = new ArrayList<>();
        List<Ack.Retry> retries = new ArrayList<>();
        for (QueueClient.Delivery delivery : batch.deliveries()) {
            long seq = delivery.message().header().seq();
            LeaseId lease = new LeaseId(seq, delivery.delivery());
            Integer delaySeconds = verdict == null
                    ? Integer.valueOf(NewMessage.DELAY_UNSET)
                    : verdict.retries().get(seq);
            if (delaySeconds == null) {
                acks.add(lease);
            } else {
                retries.add(new Ack.Retry(lease, delaySeconds));
            }
        }
        shell.execute(new Ack(acks, retries), new Reply<>() {
            @Override
            public void succeed(Ack.Reply answer) {
                ended();
            }

            @Override
            public void fail(QueueException why) {
                ended();
            }
        });
    }

    private void ended() {
        underWay--;
        turns.next(this::look);
    }

    /** No further batches. */
    void close() {
        closed = true;
        timer.close();
    }
}
