package dev.sluice.runtime.delivery;

import dev.sluice.queue.ByteBudget;
import dev.sluice.queue.ConsumerType;
import dev.sluice.queue.Content;
import dev.sluice.queue.Decision;
import dev.sluice.queue.Lease;
import dev.sluice.queue.MessageHeader;
import dev.sluice.queue.Peek;
import dev.sluice.queue.Pull;
import dev.sluice.queue.PullCandidates;
import dev.sluice.queue.QueueCommand;
import dev.sluice.queue.QueueError;
import dev.sluice.queue.QueueException;
import dev.sluice.queue.QueueState;
import dev.sluice.queue.ReadRequest;
import dev.sluice.queue.ReadyMessage;
import dev.sluice.queue.Release;
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
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Completes pulls and peeks with message contents, from memory if possible, otherwise from the store.
 *
 * <p>A pull has two steps, because a delivery that never reaches a client must not count. Step one selects candidates
 * and loads their contents; it changes no state. Step two knows the size of the response and leases as many candidates
 * as fit. If all contents are in memory, both steps run in one task. Otherwise the candidates are reserved, and step
 * two runs in the order of step one, so that the queue delivers its arrivals from the front.
 *
 * <p>Confined to the queue's scheduler.
 */
public final class ContentLoader {
    private static final Logger LOG = LoggerFactory.getLogger(ContentLoader.class);
    /**
     * How long an expired lease of a pull is extended while its response is pending: much longer than the edge waits
     * for the queue.
     */
    private static final long EXTENSION_MILLIS_MAX = 600_000;
    /** How often a pull selects candidates before it returns an empty batch. */
    private static final int SELECTIONS_MAX = 3;

    private final long queueNumber;
    private final QueueCommandExecutor executor;
    private final QueueStore store;
    private final QueueScheduler scheduler;
    private final CommitPipeline pipeline;
    private final ContentCache cache;
    private final int bytesMax;
    private final UnsentResponses unsentResponses = new UnsentResponses();
    /** Pulls between their two steps, in order. */
    private final ArrayDeque<PendingPull> pendingPulls = new ArrayDeque<>(1);
    /** Seqs of the candidates of those pulls, and of messages whose content is missing from the store. */
    private final Set<Long> reserved = new HashSet<>(1);
    /**
     * Leases of responses that were not sent because the store failed. The queue releases them when it is loaded again.
     */
    private final List<Release.Unsent> unsentLeases = new ArrayList<>(0);

    private static final class PendingPull {
        private final QueueRequest.Deliver request;
        private final ReplyHandler<? super QueueClient.Delivered> reply;
        private PreparedDelivery prepared = new PreparedDelivery(List.of());
        private @Nullable QueueException refusal;
        /** Whether all contents are loaded. */
        private boolean ready;

        private int selections;

        PendingPull(QueueRequest.Deliver request, ReplyHandler<? super QueueClient.Delivered> reply) {
            this.request = request;
            this.reply = reply;
        }
    }

    /** A command that is refused with OVERLOADED if the memory for messages in transit is full when it is decided. */
    private record Guarded<R>(QueueCommand<R> command, ByteBudget budget) implements QueueCommand<R> {
        @Override
        public @Nullable ReadRequest requiredRead(QueueState state, long nowMillis) {
            return command.requiredRead(state, nowMillis);
        }

        @Override
        public Decision<R> decide(QueueState state, long nowMillis) {
            if (budget.isFull()) {
                throw new QueueException(QueueError.OVERLOADED);
            }
            return command.decide(state, nowMillis);
        }
    }

    /** @param bytesMax limit for the messages of one response, in bytes as written */
    public ContentLoader(
            long queueNumber,
            QueueCommandExecutor executor,
            QueueStore store,
            QueueScheduler scheduler,
            CommitPipeline pipeline,
            ContentCache cache,
            int bytesMax) {
        this.queueNumber = queueNumber;
        this.executor = executor;
        this.store = store;
        this.scheduler = scheduler;
        this.pipeline = pipeline;
        this.cache = cache;
        this.bytesMax = bytesMax;
    }

    /** Runs a pull. */
    public void deliver(QueueRequest.Deliver request, ReplyHandler<? super QueueClient.Delivered> reply) {
        selectCandidates(new PendingPull(request, reply));
    }

    private void selectCandidates(PendingPull pull) {
        QueueRequest.Deliver request = pull.request;
        pull.selections++;
        PullCandidates command = new PullCandidates(request.batchSize(), request.consumerType(), bytesMax, reserved);
        executor.run(new Guarded<>(command, request.reservation().budget()), pull.reply, decision -> {
            pull.prepared = new PreparedDelivery(decision.reply());
            prepare(pull);
        });
    }

    private void prepare(PendingPull pull) {
        List<MessageHeader> missing = pull.prepared.fillFrom(cache);
        if (missing.isEmpty() && pendingPulls.isEmpty()) {
            lease(pull);
            return;
        }
        pull.ready = missing.isEmpty();
        pendingPulls.add(pull);
        reserve(pull);
        pull.request.reservation().resize(pull.prepared.bodyBytes());
        if (!pull.ready) {
            read(missing, pull.prepared, refusal -> {
                pull.refusal = refusal;
                pull.ready = true;
                leaseInOrder();
            });
        }
    }

    private void leaseInOrder() {
        while (!pendingPulls.isEmpty() && pendingPulls.peek().ready) {
            PendingPull pull = pendingPulls.remove();
            unreserve(pull);
            boolean allReservedByOthers = pull.prepared.candidates().isEmpty();
            if (pull.refusal != null) {
                pull.reply.fail(pull.refusal);
            } else if (allReservedByOthers && pull.selections < SELECTIONS_MAX) {
                selectCandidates(pull);
            } else {
                lease(pull);
            }
        }
    }

    /** Selects what fits into the response. If a size cannot be computed, refuses the request and returns null. */
    private @Nullable List<ReadyMessage> select(
            PreparedDelivery prepared, ToIntFunction<Content> sizeOf, ReplyHandler<?> reply) {
        try {
            return prepared.select(sizeOf, bytesMax);
        } catch (RuntimeException fault) {
            LOG.error("queue {}: the size of a response could not be computed", queueNumber, fault);
            reply.fail(new QueueException(QueueError.INTERNAL));
            return null;
        }
    }

    private void reserve(PendingPull pull) {
        pull.prepared
                .candidates()
                .forEach(message -> reserved.add(message.header().seq()));
    }

    private void unreserve(PendingPull pull) {
        pull.prepared
                .candidates()
                .forEach(message -> reserved.remove(message.header().seq()));
    }

    /** Step two: leases the candidates that have a content, fit into the response and are still ready. */
    private void lease(PendingPull pull) {
        QueueRequest.Deliver request = pull.request;
        List<ReadyMessage> selected = select(pull.prepared, request.sizeOf(), pull.reply);
        if (selected == null) {
            return;
        }
        if (selected.size() < pull.prepared.candidates().size()) {
            excludeDamaged(pull.prepared);
        }
        Pull command = new Pull(selected, request.visibilityTimeoutMillis(), request.consumerType());
        executor.run(command, pull.reply, decision -> {
            boolean noneReady = decision.reply().leases().isEmpty()
                    && !pull.prepared.candidates().isEmpty();
            if (noneReady && pull.selections < SELECTIONS_MAX) {
                selectCandidates(pull);
            } else {
                respond(pull, decision);
            }
        });
    }

    /**
     * A ready message without content means that the store is damaged. It is excluded so that it does not block the
     * others.
     */
    private void excludeDamaged(PreparedDelivery prepared) {
        for (ReadyMessage message : prepared.withoutContent()) {
            if (executor.state().isReady(message, scheduler.nowMillis())
                    && reserved.add(message.header().seq())) {
                executor.reportWithoutContent(queueNumber, message.header().seq(), "it is not delivered");
            }
        }
    }

    private void respond(PendingPull pull, Decision<Pull.PullReply> decision) {
        List<Lease> leases = decision.reply().leases();
        List<QueueClient.Delivery> deliveries = new ArrayList<>(leases.size());
        long bodyBytes = 0;
        int bytes = 0;
        int index = 0;
        for (Lease lease : leases) {
            MessageHeader header = lease.header();
            index = pull.prepared.indexOf(header.seq(), index);
            deliveries.add(new QueueClient.Delivery(
                    new StoredMessage(header, pull.prepared.content(index)), lease.delivery()));
            bytes += pull.prepared.size(index);
            bodyBytes += header.bodyBytes();
            // A delivered message is probably not delivered again.
            cache.remove(header.seq());
        }
        pull.request.reservation().resize(bodyBytes + bytes);
        PendingResponse pending = pending(pull.request, decision);
        QueueClient.Delivered response =
                new QueueClient.Delivered(deliveries, decision.reply().metrics(), bytes, pending);
        if (deliveries.isEmpty()) {
            pipeline.afterConfirmed(readAgeNanos(), () -> pull.reply.succeed(response), pull.reply::fail);
            return;
        }
        pipeline.afterStored(() -> pull.reply.succeed(response), refusal -> {
            if (pending instanceof LeasedResponse leased) {
                unsentLeases.addAll(leased.leases());
            }
            pull.reply.fail(refusal);
        });
    }

    private PendingResponse pending(QueueRequest.Deliver request, Decision<Pull.PullReply> decision) {
        List<Lease> leases = decision.reply().leases();
        if (leases.isEmpty()) {
            return new PendingResponse.Unleased(request.reservation());
        }
        // The lease of a Worker's batch is longer than its delivery, but the machine may be suspended in between.
        long extensionMillisMax = request.consumerType() == ConsumerType.HTTP_PULL
                ? EXTENSION_MILLIS_MAX
                : request.visibilityTimeoutMillis();
        LeasedResponse response = new LeasedResponse(
                scheduler,
                request.reservation(),
                decision.events(),
                leases.get(0).expiresAtMillis(),
                extensionMillisMax,
                this::releaseLeases);
        unsentResponses.add(response);
        return response;
    }

    private void releaseLeases(List<Release.Unsent> leases) {
        executor.execute(new Release(leases), ReplyHandler.of(released -> {}, refusal -> unsentLeases.addAll(leases)));
    }

    /**
     * The earliest end of a lease whose response is pending; such leases must not expire. {@link Long#MAX_VALUE} if
     * there is none.
     */
    public long unsentLeasesEndMillis(long nowMillis) {
        return unsentResponses.leasesEndMillis(nowMillis);
    }

    /** Whether a response is still to be reported as sent or unsent. */
    public boolean hasUnsent() {
        return !unsentResponses.isEmpty();
    }

    /** Leases of unsent responses, for the next instance of the queue. */
    public List<Release.Unsent> unsentLeases() {
        return unsentLeases;
    }

    private void showConfirmed(
            QueueRequest.PeekContents request,
            PreparedDelivery prepared,
            ReplyHandler<? super QueueClient.Shown> reply) {
        pipeline.afterConfirmed(readAgeNanos(), () -> show(request, prepared, reply), reply::fail);
    }

    /** Replies without a change may be that old. */
    private static long readAgeNanos() {
        return System.nanoTime() - CommitPipeline.READ_AGE_NANOS_MAX;
    }

    /** Runs a peek. */
    public void peek(QueueRequest.PeekContents request, ReplyHandler<? super QueueClient.Shown> reply) {
        ByteBudget.Reservation reservation = request.reservation();
        executor.run(new Guarded<>(new Peek(request.batchSize(), bytesMax), reservation.budget()), reply, decision -> {
            PreparedDelivery prepared = new PreparedDelivery(decision.reply());
            reservation.resize(prepared.bodyBytes());
            List<MessageHeader> missing = prepared.fillFrom(cache);
            if (missing.isEmpty()) {
                showConfirmed(request, prepared, reply);
                return;
            }
            read(missing, prepared, refusal -> {
                if (refusal == null) {
                    showConfirmed(request, prepared, reply);
                } else {
                    reply.fail(refusal);
                }
            });
        });
    }

    private void show(
            QueueRequest.PeekContents request,
            PreparedDelivery prepared,
            ReplyHandler<? super QueueClient.Shown> reply) {
        List<ReadyMessage> selected = select(prepared, request.sizeOf(), reply);
        if (selected == null) {
            return;
        }
        List<QueueClient.Peeked> peeked = new ArrayList<>(selected.size());
        long bodyBytes = 0;
        int bytes = 0;
        int index = 0;
        for (ReadyMessage message : selected) {
            index = prepared.indexOf(message.header().seq(), index);
            peeked.add(new QueueClient.Peeked(
                    new StoredMessage(message.header(), prepared.content(index)), message.deliveries()));
            bytes += prepared.size(index);
            bodyBytes += message.header().bodyBytes();
        }
        request.reservation().resize(bodyBytes + bytes);
        reply.succeed(new QueueClient.Shown(peeked, bytes, new PendingResponse.Unleased(request.reservation())));
    }

    /**
     * Reads contents when everything appended so far is stored. Then runs {@code then} on the scheduler with null, or
     * with the error.
     */
    private void read(List<MessageHeader> missing, PreparedDelivery prepared, Consumer<@Nullable QueueException> then) {
        pipeline.afterStored(
                () -> store.readContents(queueNumber, missing)
                        .whenComplete((rows, failure) -> scheduler.execute(() -> {
                            if (failure != null) {
                                LOG.error("queue {}: reading contents failed", queueNumber, failure);
                                then.accept(new QueueException(QueueError.UNAVAILABLE));
                            } else {
                                prepared.fill(rows);
                                then.accept(null);
                            }
                        })),
                then);
    }
}
