package dev.sluice.runtime.delivery;

import dev.sluice.queue.ConsumerType;
import dev.sluice.queue.Decision;
import dev.sluice.queue.Lease;
import dev.sluice.queue.MessageHeader;
import dev.sluice.queue.Peek;
import dev.sluice.queue.Pull;
import dev.sluice.queue.PullCandidates;
import dev.sluice.queue.QueueError;
import dev.sluice.queue.QueueException;
import dev.sluice.queue.ReadyMessage;
import dev.sluice.queue.Release;
import dev.sluice.runtime.DeliveryBudget;
import dev.sluice.runtime.bus.QueueClient;
import dev.sluice.runtime.bus.QueueRequest;
import dev.sluice.runtime.bus.ReplyHandler;
import dev.sluice.runtime.queue.CommitPipeline;
import dev.sluice.runtime.queue.ContentCache;
import dev.sluice.runtime.queue.QueueCommandExecutor;
import dev.sluice.runtime.queue.QueueScheduler;
import dev.sluice.store.QueueStore;
import dev.sluice.store.StoredMessage;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers pulls and peeks with contents, from memory where it has them, otherwise from the store.
 *
 * <p>A pull has two steps, because a delivery that nobody is shown must not count. First it chooses candidates and gets their contents in hand,
 * which changes nothing; then, when the size of the answer is known, it leases as many as fit. If memory has all contents, both happen in one
 * turn. Otherwise the candidates are reserved, and pulls take their second step in the order of their first: a queue hands out its arrivals
 * from the front.
 *
 * <p>Owned by the turns of one queue.
 */
public final class ContentLoader {
    private static final Logger LOG = LoggerFactory.getLogger(ContentLoader.class);
    /** How long after its end the lease of a pull is held: much longer than an edge waits for the answer. */
    private static final long HELD_MILLIS_MAX = 600_000;
    /** How often a pull chooses before it answers with nothing. */
    private static final int TRIES_MAX = 3;

    private final long queueNumber;
    private final QueueCommandExecutor shell;
    private final QueueStore store;
    private final QueueScheduler turns;
    private final CommitPipeline pipeline;
    private final ContentCache contents;
    private final int bytesMax;
    private final UnsentResponses unsentAnswers = new UnsentResponses();
    /** Pulls between their steps, in order. */
    private final ArrayDeque<PullUnderWay> underWay = new ArrayDeque<>(1);
    /** Candidates of those pulls, and messages whose content is missing from the store. */
    private final Set<Long> reserved = new HashSet<>(1);
    /** Leases of answers that could not be sent while the store failed; for the queue when it is loaded again. */
    private final List<Release.Unsent> stranded = new ArrayList<>(0);

    private static final class PullUnderWay {
        private final QueueRequest.Deliver request;
        private final ReplyHandler<? super QueueClient.Delivered> reply;
        private PreparedDelivery preparation = new PreparedDelivery(List.of());
        private QueueException refusal;
        /** Whether nothing must be read any more. */
        private boolean ready;

        private int tries;

        PullUnderWay(QueueRequest.Deliver request, ReplyHandler<? super QueueClient.Delivered> reply) {
            this.request = request;
            this.reply = reply;
        }
    }

    /** @param bytesMax of the messages of one answer, as they are written */
    public ContentLoader(
            long queueNumber,
            QueueCommandExecutor shell,
            QueueStore store,
            QueueScheduler turns,
            CommitPipeline pipeline,
            ContentCache contents,
            int bytesMax) {
        this.queueNumber = queueNumber;
        this.shell = shell;
        this.store = store;
        this.turns = turns;
        this.pipeline = pipeline;
        this.contents = contents;
        this.bytesMax = bytesMax;
    }

    /** Answers a pull. */
    public void deliver(QueueRequest.Deliver request, ReplyHandler<? super QueueClient.Delivered> reply) {
        choose(new PullUnderWay(request, reply));
    }

    private void choose(PullUnderWay pull) {
        QueueRequest.Deliver request = pull.request;
        pull.tries++;
        PullCandidates command = new PullCandidates(request.batchSize(), request.consumerType(), bytesMax, reserved);
        shell.run(request.hold().guard(command), pull.reply, decision -> {
            pull.preparation = new PreparedDelivery(decision.reply());
            prepare(pull);
        });
    }

    private void prepare(PullUnderWay pull) {
        List<MessageHeader> missing = pull.preparation.takeFrom(contents);
        if (missing.isEmpty() && underWay.isEmpty()) {
            lease(pull);
            return;
        }
        pull.ready = missing.isEmpty();
        underWay.add(pull);
        reserve(pull);
        pull.request.hold().take(pull.preparation.bodyBytes());
        if (!pull.ready) {
            read(missing, pull.preparation, refusal -> {
                pull.refusal = refusal;
                pull.ready = true;
                leaseInOrder();
            });
        }
    }

    private void leaseInOrder() {
        while (!underWay.isEmpty() && underWay.peek().ready) {
            PullUnderWay pull = underWay.remove();
            unreserve(pull);
            boolean othersHadAll = pull.preparation.candidates().isEmpty();
            if (pull.refusal != null) {
                pull.reply.fail(pull.refusal);
            } else if (othersHadAll && pull.tries < TRIES_MAX) {
                choose(pull);
            } else {
                lease(pull);
            }
        }
    }

    private void reserve(PullUnderWay pull) {
        pull.preparation
                .candidates()
                .forEach(message -> reserved.add(message.header().seq()));
    }

    private void unreserve(PullUnderWay pull) {
        pull.preparation
                .candidates()
                .forEach(message -> reserved.remove(message.header().seq()));
    }

    /** The second step: exactly those whose content is in hand, that fit, and that are still ready. */
    private void lease(PullUnderWay pull) {
        QueueRequest.Deliver request = pull.request;
        List<ReadyMessage> chosen;
        try {
            chosen = pull.preparation.choose(request.sizeOf(), bytesMax);
        } catch (RuntimeException fault) {
            LOG.error("queue {}: an answer could not be measured", queueNumber, fault);
            pull.reply.fail(new QueueException(QueueError.INTERNAL));
            return;
        }
        if (chosen.size() < pull.preparation.candidates().size()) {
            setDamagedAside(pull.preparation);
        }
        Pull command = new Pull(chosen, request.visibilityTimeoutMillis(), request.consumerType());
        shell.run(command, pull.reply, decision -> {
            boolean allWent = decision.reply().leases().isEmpty()
                    && !pull.preparation.candidates().isEmpty();
            if (allWent && pull.tries < TRIES_MAX) {
                choose(pull);
            } else {
                answer(pull, decision);
            }
        });
    }

    /** A message that is ready has a content, or the store is damaged; it must not stand in the way of the others. */
    private void setDamagedAside(PreparedDelivery preparation) {
        for (ReadyMessage message : preparation.withoutContent()) {
            if (shell.state().isReady(message, turns.nowMillis())
                    && reserved.add(message.header().seq())) {
                LOG.error(
                        "queue {}: the content of message {} is missing from the store; it is not delivered",
                        queueNumber,
                        message.header().seq());
            }
        }
    }

    private void answer(PullUnderWay pull, Decision<Pull.PullReply> decision) {
        List<Lease> leases = decision.reply().leases();
        List<QueueClient.Delivery> deliveries = new ArrayList<>(leases.size());
        long bodyBytes = 0;
        int bytes = 0;
        int at = 0;
        for (Lease lease : leases) {
            MessageHeader header = lease.header();
            at = pull.preparation.indexOf(header.seq(), at);
            deliveries.add(new QueueClient.Delivery(
                    new StoredMessage(header, pull.preparation.content(at)), lease.delivery()));
            bytes += pull.preparation.size(at);
            bodyBytes += header.bodyBytes();
            // A delivered message is not expected back.
            contents.take(header.seq());
        }
        pull.request.hold().take(bodyBytes + bytes);
        PendingResponse pending = pending(pull.request, decision);
        QueueClient.Delivered answer =
                new QueueClient.Delivered(deliveries, decision.reply().metrics(), bytes, pending);
        pipeline.afterStored(() -> pull.reply.succeed(answer), refusal -> {
            if (pending instanceof LeasedResponse leased) {
                stranded.addAll(leased.leases());
            }
            pull.reply.fail(refusal);
        });
    }

    private PendingResponse pending(QueueRequest.Deliver request, Decision<Pull.PullReply> decision) {
        List<Lease> leases = decision.reply().leases();
        if (leases.isEmpty()) {
            return request.hold();
        }
        // The lease of a batch for a Worker outlasts its delivery, but not a machine that is suspended meanwhile.
        long heldMillisMax =
                request.consumerType() == ConsumerType.HTTP_PULL ? HELD_MILLIS_MAX : request.visibilityTimeoutMillis();
        LeasedResponse answer = new LeasedResponse(
                turns,
                request.hold(),
                decision.events(),
                leases.get(0).expiresAtMillis(),
                heldMillisMax,
                this::giveBack);
        unsentAnswers.add(answer);
        return answer;
    }

    private void giveBack(List<Release.Unsent> leases) {
        shell.execute(new Release(leases), new ReplyHandler<>() {
            @Override
            public void succeed(Integer released) {}

            @Override
            public void fail(QueueException why) {
                stranded.addAll(leases);
            }
        });
    }

    /** When the first lease ends whose answer was not sent yet: it must not end before; {@link Long#MAX_VALUE} if there is none. */
    public long unsentLeasesEndMillis(long nowMillis) {
        return unsentAnswers.leasesEndMillis(nowMillis);
    }

    /** Whether an answer is still to be reported as sent or unsent. */
    public boolean hasUnsent() {
        return !unsentAnswers.isEmpty();
    }

    /** Leases whose answers were not sent, for the queue that is loaded after this one. */
    public List<Release.Unsent> stranded() {
        return stranded;
    }

    /** Answers a peek. */
    public void show(QueueRequest.Show request, ReplyHandler<? super QueueClient.Shown> reply) {
        DeliveryBudget.Reservation hold = request.hold();
        shell.run(hold.guard(new Peek(request.batchSize(), bytesMax)), reply, decision -> {
            PreparedDelivery preparation = new PreparedDelivery(decision.reply());
            hold.take(preparation.bodyBytes());
            List<MessageHeader> missing = preparation.takeFrom(contents);
            if (missing.isEmpty()) {
                pipeline.afterStored(() -> reply.succeed(shown(request, preparation)), reply::fail);
                return;
            }
            read(missing, preparation, refusal -> {
                if (refusal == null) {
                    reply.succeed(shown(request, preparation));
                } else {
                    reply.fail(refusal);
                }
            });
        });
    }

    private QueueClient.Shown shown(QueueRequest.Show request, PreparedDelivery preparation) {
        List<ReadyMessage> chosen = preparation.choose(request.sizeOf(), bytesMax);
        List<QueueClient.Peeked> peeked = new ArrayList<>(chosen.size());
        long bodyBytes = 0;
        int bytes = 0;
        int at = 0;
        for (ReadyMessage message : chosen) {
            at = preparation.indexOf(message.header().seq(), at);
            peeked.add(new QueueClient.Peeked(
                    new StoredMessage(message.header(), preparation.content(at)), message.deliveries()));
            bytes += preparation.size(at);
            bodyBytes += message.header().bodyBytes();
        }
        request.hold().take(bodyBytes + bytes);
        return new QueueClient.Shown(peeked, bytes, request.hold());
    }

    /** Reads once everything decided is stored; then runs {@code then} in a turn, with the reason if it could not. */
    private void read(List<MessageHeader> missing, PreparedDelivery preparation, Consumer<QueueException> then) {
        pipeline.afterStored(
                () -> store.readContents(queueNumber, missing)
                        .whenComplete((rows, failure) -> turns.next(() -> {
                            if (failure != null) {
                                LOG.error("queue {}: reading contents failed", queueNumber, failure);
                                then.accept(new QueueException(QueueError.UNAVAILABLE));
                            } else {
                                preparation.take(rows);
                                then.accept(null);
                            }
                        })),
                then);
    }
}
