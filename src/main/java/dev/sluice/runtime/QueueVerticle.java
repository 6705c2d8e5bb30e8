package dev.sluice.runtime;

import dev.sluice.queue.ConfirmDeparted;
import dev.sluice.queue.Push;
import dev.sluice.queue.QueueDefinition;
import dev.sluice.queue.QueueError;
import dev.sluice.queue.QueueException;
import dev.sluice.queue.QueueImage;
import dev.sluice.queue.QueueState;
import dev.sluice.store.StoreException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import java.util.ArrayDeque;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One active queue: takes its requests from the bus, one at a time, and owns everything the queue has in memory.
 *
 * <p>LOADING → ACTIVE → CLOSED; a store failure takes ACTIVE to FAILED and, after a while, back to LOADING. Everything runs on
 * the event loop that the verticle was given.
 */
final class QueueVerticle extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(QueueVerticle.class);
    private static final long RELOAD_MILLIS = 1_000;
    private static final long STOP_POLL_MILLIS = 2;
    /** How long a stop waits for batches that a Worker has; a batch that takes longer is delivered again some day. */
    private static final long BATCHES_WAIT_MILLIS = 5_000;

    private enum Phase {
        LOADING,
        ACTIVE,
        FAILED,
        CLOSED
    }

    private final RuntimeParts parts;
    private final Admission admission;
    private final DeadLetterPost post;
    private final ArrayDeque<Runnable> letterRequests = new ArrayDeque<>();
    private QueueDefinition definition;
    private Phase phase = Phase.LOADING;
    private Turns turns;
    private QueueShell shell;
    private DeadlineTimer timer;
    private DeadLetterMover mover;
    private WorkerDispatcher dispatcher;
    private MessageConsumer<QueueRequest<?>> requests;
    private boolean letterUnderWay;
    private volatile long deadlineMillis = Long.MAX_VALUE;
    private volatile boolean discarded;

    QueueVerticle(QueueDefinition definition, RuntimeParts parts, Admission admission, DeadLetterPost post) {
        this.definition = definition;
        this.parts = parts;
        this.admission = admission;
        this.post = post;
    }

    /** When the queue has something to do by itself; for waking it once it is down. Callable from any thread. */
    long deadlineMillis() {
        return deadlineMillis;
    }

    /** Whether it has nothing to do by itself for that long. Callable from any thread. */
    boolean restsFor(long millis) {
        return deadlineMillis == Long.MAX_VALUE || deadlineMillis - System.currentTimeMillis() > millis;
    }

    /** The queue is going to be deleted: a stop waits for nobody. Callable from any thread. */
    void discard() {
        discarded = true;
    }

    @Override
    public Future<?> start() {
        turns = new ContextTurns(vertx, context);
        timer = new DeadlineTimer(turns, () -> shell.expire());
        requests = vertx.eventBus().localConsumer(QueueAddress.of(definition.number()));
        requests.handler(this::receive);
        return load();
    }

    @Override
    public Future<?> stop() {
        if (shell == null) {
            return Future.succeededFuture();
        }
        Promise<Void> stored = Promise.promise();
        dispatcher.close();
        awaitIdle(stored, turns.nowMillis() + (discarded ? 0 : BATCHES_WAIT_MILLIS));
        return stored.future().eventually(() -> {
            phase = Phase.CLOSED;
            timer.close();
            shell.close();
            return requests.unregister();
        });
    }

    private void awaitIdle(Promise<Void> stored, long batchesUntilMillis) {
        boolean batchesDone = dispatcher.isIdle() || turns.nowMillis() >= batchesUntilMillis;
        if (phase != Phase.ACTIVE || batchesDone && shell.idle()) {
            stored.complete();
        } else {
            turns.after(STOP_POLL_MILLIS, () -> awaitIdle(stored, batchesUntilMillis));
        }
    }

    private Future<Void> load() {
        phase = Phase.LOADING;
        return Future.fromCompletionStage(parts.store().load(definition.number()), context)
                .map(image -> {
                    open(image);
                    return null;
                });
    }

    private void open(QueueImage image) {
        QueueState state =
                new QueueState(definition.settings(), definition.consumer(), parts.limits(), image, parts.budget());
        shell = new QueueShell(definition.number(), state, parts, turns, this::fail, this::settle);
        mover = new DeadLetterMover(definition, shell, turns, post);
        dispatcher = new WorkerDispatcher(definition, shell, turns, parts, this::settle);
        phase = Phase.ACTIVE;
        List<Long> unconfirmed = state.unconfirmed();
        if (!unconfirmed.isEmpty()) {
            shell.execute(new ConfirmDeparted(unconfirmed), DeadLetterMover.unanswered());
        }
        shell.expire();
        settle();
    }

    /** After changes: the next deadline, and messages that must leave. */
    private void settle() {
        long stateDeadlineMillis = shell.state().deadlineMillis();
        timer.arm(stateDeadlineMillis);
        mover.move();
        dispatcher.look();
        deadlineMillis = Math.min(stateDeadlineMillis, dispatcher.nextMillis());
    }

    private void fail(StoreException why) {
        LOG.error("queue {}: {}; loading again", definition.number(), why.getMessage());
        phase = Phase.FAILED;
        timer.disarm();
        dispatcher.close();
        shell.close();
        letterUnderWay = false;
        letterRequests.clear();
        turns.after(RELOAD_MILLIS, this::reload);
    }

    private void reload() {
        if (phase == Phase.FAILED) {
            load().onFailure(failure -> {
                LOG.error("queue {}: loading failed", definition.number(), failure);
                phase = Phase.FAILED;
                turns.after(RELOAD_MILLIS, this::reload);
            });
        }
    }

    private void receive(Message<QueueRequest<?>> message) {
        QueueRequest<?> request = message.body();
        if (request instanceof QueueRequest.Configure configure && phase != Phase.ACTIVE) {
            definition = configure.definition();
            message.reply(true);
            return;
        }
        if (phase != Phase.ACTIVE) {
            message.fail(QueueError.UNAVAILABLE.number(), QueueError.UNAVAILABLE.text());
            return;
        }
        try {
            dispatch(request, message);
        } catch (RuntimeException fault) {
            LOG.error("queue {}: request failed", definition.number(), fault);
            message.fail(QueueError.INTERNAL.number(), QueueError.INTERNAL.text());
        }
    }

    private void dispatch(QueueRequest<?> request, Message<?> message) {
        if (request instanceof QueueRequest.Execute<?> execute) {
            QueueException refusal = execute.command() instanceof Push ? admission.refusalOfPush() : null;
            if (refusal != null) {
                new BusReply<>(message).fail(refusal);
            } else {
                shell.execute(execute.command(), new BusReply<>(message));
            }
        } else if (request instanceof QueueRequest.Deliver deliver) {
            shell.deliver(deliver, new BusReply<>(message));
        } else if (request instanceof QueueRequest.Show show) {
            shell.show(show, new BusReply<>(message));
        } else if (request instanceof QueueRequest.Configure configure) {
            configure(configure, new BusReply<>(message));
        } else if (request instanceof QueueRequest.TakeDeadLetters letters) {
            letterRequests.add(() -> takeLetters(letters, new BusReply<>(message)));
            nextLetter();
        }
    }

    private void configure(QueueRequest.Configure request, Reply<Boolean> reply) {
        definition = request.definition();
        shell.state().configure(definition.settings(), definition.consumer());
        mover.configure(definition);
        dispatcher.configure(definition);
        shell.expire();
        settle();
        reply.succeed(true);
    }

    /** One take-over at a time: the next one must see what this one moved. */
    private void nextLetter() {
        if (!letterUnderWay && !letterRequests.isEmpty()) {
            letterUnderWay = true;
            letterRequests.remove().run();
        }
    }

    private void takeLetters(QueueRequest.TakeDeadLetters letters, Reply<Integer> reply) {
        shell.takeDeadLetters(letters, new Reply<>() {
            @Override
            public void succeed(Integer taken) {
                reply.succeed(taken);
                letterUnderWay = false;
                nextLetter();
            }

            @Override
            public void fail(QueueException why) {
                reply.fail(why);
                letterUnderWay = false;
                nextLetter();
            }
        });
    }

    private record BusReply<R>(Message<?> message) implements Reply<R> {
        @Override
        public void succeed(R answer) {
            message.reply(answer);
        }

        @Override
        public void fail(QueueException why) {
            message.fail(why.error().number(), why.getMessage());
        }
    }
}
