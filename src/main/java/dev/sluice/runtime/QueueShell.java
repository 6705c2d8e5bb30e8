package dev.sluice.runtime;

import dev.sluice.queue.AcceptDeadLetters;
import dev.sluice.queue.Content;
import dev.sluice.queue.Decision;
import dev.sluice.queue.Expire;
import dev.sluice.queue.MessageHeader;
import dev.sluice.queue.Need;
import dev.sluice.queue.QueueCommand;
import dev.sluice.queue.QueueError;
import dev.sluice.queue.QueueEvent;
import dev.sluice.queue.QueueException;
import dev.sluice.queue.QueueState;
import dev.sluice.store.QueueStore;
import dev.sluice.store.StoreException;
import dev.sluice.store.StoredContent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs commands against the state of one queue: reads what they need, decides, applies, appends, and answers when the store
 * has it. Knows neither bus nor event loop. Lives as long as one loaded state; when the store fails it is thrown away.
 *
 * <p>Owned by the turns of one queue.
 */
final class QueueShell {
    private static final Logger LOG = LoggerFactory.getLogger(QueueShell.class);
    private static final int EXPIRY_BUDGET = 512;
    private static final int CONTENTS_MAX = 1536;
    /** Reads that one command may ask for before something must be wrong. */
    private static final int READS_MAX = 64;

    private final long queueNumber;
    private final QueueStore store;
    private final Turns turns;
    private final QueueState state;
    private final CommitPipeline pipeline;
    private final ReadDesk reads;
    private final Contents contents;
    private final Runnable afterChange;
    private boolean closed;
    private boolean settling;
    private boolean expiring;

    /**
     * @param onBreak told once when the store refused a batch; the shell is useless from then on
     * @param afterChange run once per turn in which something changed: time to look at deadlines and departing messages
     */
    QueueShell(
            long queueNumber,
            QueueState state,
            RuntimeParts parts,
            Turns turns,
            Consumer<StoreException> onBreak,
            Runnable afterChange) {
        this.queueNumber = queueNumber;
        this.store = parts.store();
        this.turns = turns;
        this.state = state;
        this.afterChange = afterChange;
        this.contents = new Contents(parts.budget(), CONTENTS_MAX);
        this.pipeline = new CommitPipeline(store, queueNumber, turns, state::head, onBreak);
        this.reads = new ReadDesk(store, queueNumber, turns, pipeline, state, this::keep, () -> !closed);
    }

    QueueState state() {
        return state;
    }

    /** Runs a command of the domain; its reply is the answer. */
    <R> void execute(QueueCommand<R> command, Reply<R> reply) {
        run(command, reply, 0, decision -> whenStored(reply, () -> reply.succeed(decision.reply())));
    }

    /** Runs a pull and adds the contents of what it leased. */
    void deliver(QueueRequest.Deliver request, Reply<QueueClient.Delivered> reply) {
        run(request.command(), reply, 0, decision -> {
            Map<Long, Content> known = new HashMap<>();
            List<MessageHeader> headers =
                    new ArrayList<>(decision.reply().leases().size());
            decision.reply().leases().forEach(lease -> {
                headers.add(lease.header());
                Content content = contents.take(lease.header().seq());
                if (content != null) {
                    known.put(lease.header().seq(), content);
                }
            });
            withContents(headers, known, reply, found -> {
                List<QueueClient.Delivery> deliveries = new ArrayList<>(headers.size());
                decision.reply().leases().forEach(lease -> {
                    Content content = found.get(lease.header().seq());
                    if (content != null) {
                        deliveries.add(
                                new QueueClient.Delivery(new StoredContent(lease.header(), content), lease.delivery()));
                    }
                });
                reply.succeed(
                        new QueueClient.Delivered(deliveries, decision.reply().metrics()));
            });
        });
    }

    /** Runs a peek and adds the contents of what it shows. */
    void show(QueueRequest.Show request, Reply<List<QueueClient.Peeked>> reply) {
        run(request.command(), reply, 0, decision -> {
            Map<Long, Content> known = new HashMap<>();
            List<MessageHeader> headers = new ArrayList<>(decision.reply().size());
            decision.reply().forEach(shown -> {
                headers.add(shown.header());
                Content content = contents.get(shown.header().seq());
                if (content != null) {
                    known.put(shown.header().seq(), content);
                }
            });
            withContents(headers, known, reply, found -> {
                List<QueueClient.Peeked> peeked = new ArrayList<>(headers.size());
                decision.reply().forEach(shown -> {
                    Content content = found.get(shown.header().seq());
                    if (content != null) {
                        peeked.add(
                                new QueueClient.Peeked(new StoredContent(shown.header(), content), shown.deliveries()));
                    }
                });
                reply.succeed(peeked);
            });
        });
    }

    /**
     * Takes messages over from their origin. The contents are read from the origin's records after everything of ours is
     * stored, so a repeated request finds them gone and takes nothing twice. The caller sends one such request at a time.
     */
    void takeDeadLetters(QueueRequest.TakeDeadLetters request, Reply<Integer> reply) {
        whenStored(reply, () -> store.readContents(request.originNumber(), request.headers())
                .whenComplete((stored, failure) -> turns.next(() -> {
                    if (closed || failure != null) {
                        reply.fail(new QueueException(QueueError.UNAVAILABLE));
                        return;
                    }
                    List<AcceptDeadLetters.Letter> letters = new ArrayList<>(stored.size());
                    stored.forEach(message -> letters.add(new AcceptDeadLetters.Letter(
                            new QueueEvent.Origin(request.originNumber(), message.header()), message.content())));
                    execute(new AcceptDeadLetters(letters), reply);
                })));
    }

    /** Ends what is due; goes on in later turns until nothing is. */
    void expire() {
        if (closed || expiring || state.deadlineMillis() > turns.nowMillis()) {
            return;
        }
        expiring = true;
        Reply<Boolean> ended = new Reply<>() {
            @Override
            public void succeed(Boolean more) {
                expiring = false;
                if (more) {
                    turns.next(QueueShell.this::expire);
                } else {
                    settleSoon();
                }
            }

            @Override
            public void fail(QueueException why) {
                expiring = false;
            }
        };
        run(new Expire(EXPIRY_BUDGET), ended, 0, decision -> ended.succeed(decision.reply()));
    }

    /** Runs a task when everything appended so far is stored. */
    void afterStored(Runnable task, Consumer<QueueException> onRefusal) {
        pipeline.park(new CommitPipeline.Parked() {
            @Override
            public void release() {
                task.run();
            }

            @Override
            public void refuse(QueueException why) {
                onRefusal.accept(why);
            }
        });
    }

    /** Whether nothing is on its way to the store. */
    boolean idle() {
        return pipeline.idle();
    }

    /** Refuses what waits for reads and gives memory back. What waits for the store is the pipeline's business. */
    void close() {
        if (!closed) {
            closed = true;
            reads.close(new QueueException(QueueError.UNAVAILABLE));
            contents.clear();
            state.close();
        }
    }

    private <R> void run(QueueCommand<R> command, Reply<?> reply, int reads, Consumer<Decision<R>> then) {
        if (closed) {
            reply.fail(new QueueException(QueueError.UNAVAILABLE));
            return;
        }
        try {
            long nowMillis = turns.nowMillis();
            if (!(command instanceof Expire) && state.deadlineMillis() <= nowMillis) {
                expire();
            }
            Need need = command.need(state, nowMillis);
            if (need != null) {
                fetch(need, command, reply, reads, then);
                return;
            }
            Decision<R> decision = command.decide(state, nowMillis);
            if (apply(decision.events())) {
                then.accept(decision);
            } else {
                reply.fail(new QueueException(QueueError.UNAVAILABLE));
            }
        } catch (QueueException refusal) {
            reply.fail(refusal);
        } catch (RuntimeException fault) {
            LOG.error("queue {}: {} failed", queueNumber, command.getClass().getSimpleName(), fault);
            reply.fail(new QueueException(QueueError.INTERNAL));
        }
    }

    private <R> void fetch(
            Need need, QueueCommand<R> command, Reply<?> reply, int fetched, Consumer<Decision<R>> then) {
        if (fetched >= READS_MAX) {
            LOG.error(
                    "queue {}: {} asks for one read after the other, last {}",
                    queueNumber,
                    command.getClass().getSimpleName(),
                    need);
            reply.fail(new QueueException(QueueError.UNAVAILABLE));
            return;
        }
        reads.fetch(need, new ReadDesk.Waiter() {
            @Override
            public void again() {
                run(command, reply, fetched + 1, then);
            }

            @Override
            public void refuse(QueueException why) {
                reply.fail(why);
            }
        });
    }

    /** Applies and appends. A fault in here leaves memory in doubt: the queue must load again. */
    private boolean apply(List<QueueEvent> events) {
        try {
            for (QueueEvent event : events) {
                applyOne(event);
            }
        } catch (RuntimeException fault) {
            LOG.error("queue {}: memory is in doubt, loading again", queueNumber, fault);
            pipeline.breakDown(new StoreException("an event could not be applied", fault));
            return false;
        }
        if (!events.isEmpty()) {
            settleSoon();
        }
        return true;
    }

    private void applyOne(QueueEvent event) {
        state.apply(event);
        pipeline.append(event);
        if (event instanceof QueueEvent.Enqueued enqueued && !enqueued.header().delayed()) {
            contents.offer(enqueued.header().seq(), enqueued.content());
        } else if (event instanceof QueueEvent.Removed removed) {
            contents.take(removed.header().seq());
        } else if (event instanceof QueueEvent.Purged) {
            contents.clear();
        }
    }

    private void settleSoon() {
        if (!settling) {
            settling = true;
            turns.next(this::settle);
        }
    }

    /** Once per turn with changes: what is worth doing once and not per command. */
    private void settle() {
        settling = false;
        if (closed) {
            return;
        }
        Need wish = state.wish();
        if (wish != null) {
            reads.prefetch(wish);
        }
        afterChange.run();
    }

    private void keep(StoredContent stored) {
        contents.offer(stored.header().seq(), stored.content());
    }

    private void whenStored(Reply<?> reply, Runnable then) {
        afterStored(then, reply::fail);
    }

    /** Waits for the store, reads what is not known, and hands all contents on. */
    private void withContents(
            List<MessageHeader> headers, Map<Long, Content> known, Reply<?> reply, Consumer<Map<Long, Content>> then) {
        whenStored(reply, () -> {
            List<MessageHeader> missing = new ArrayList<>();
            for (MessageHeader header : headers) {
                if (!known.containsKey(header.seq())) {
                    missing.add(header);
                }
            }
            if (missing.isEmpty()) {
                then.accept(known);
                return;
            }
            store.readContents(queueNumber, missing)
                    .whenComplete((rows, failure) -> turns.next(() -> {
                        if (failure != null) {
                            LOG.error("queue {}: reading contents failed", queueNumber, failure);
                            reply.fail(new QueueException(QueueError.UNAVAILABLE));
                            return;
                        }
                        rows.forEach(row -> known.put(row.header().seq(), row.content()));
                        then.accept(known);
                    }));
        });
    }
}
