package dev.sluice.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/**
 * One random history of two queues that are each other's dead letter queue, on one disk, with a simulated clock. The
 * queue and its model do every step, and the results are compared. The seed determines the history.
 */
final class QueueHistory {
    private static final int BODY_BYTES_MAX = 20;

    private final Random random;
    private final FakeDisk disk = new FakeDisk();
    private final QueueUnderTest[] queues = new QueueUnderTest[2];
    private final List<String> steps;
    private long nowMillis = 1_000_000_000L;
    private long nextId = 1;

    /**
     * A history before its first step.
     *
     * @param steps takes a line per step, or null
     */
    QueueHistory(long seed, List<String> steps) {
        // Sequences of neighbouring seeds of Random begin alike.
        this.random = new Random(new SplittableRandom(seed).nextLong());
        this.steps = steps;
        Limits limits = LimitsBuilder.documented()
                .leasesPerQueueMax(random.nextInt(4) == 0 ? 4 : 200_000)
                .backlogBytesMax(random.nextInt(4) == 0 ? 200 : 0)
                .build();
        int windowMax = 1 + random.nextInt(6);
        for (int i = 0; i < queues.length; i++) {
            queues[i] = new QueueUnderTest(i + 1, disk, random, limits, windowMax);
            configure(queues[i]);
        }
    }

    void run(int count) {
        for (int i = 0; i < count; i++) {
            tick();
            QueueUnderTest queue = queues[random.nextInt(10) < 7 ? 0 : 1];
            step(queue);
            for (QueueUnderTest each : queues) {
                new QueueInvariants(each, nowMillis).check(random.nextInt(3) == 0);
            }
        }
        restart();
    }

    private void step(QueueUnderTest queue) {
        int choice = random.nextInt(100);
        if (choice < 20) {
            push(queue);
        } else if (choice < 34) {
            pull(queue);
        } else if (choice < 37) {
            leaseLater(queue);
        } else if (choice < 40) {
            release(queue);
        } else if (choice < 58) {
            ack(queue);
        } else if (choice < 62) {
            peek(queue);
        } else if (choice < 66) {
            purgeRefs(queue);
        } else if (choice < 67) {
            purge(queue);
        } else if (choice < 70) {
            note(() -> "expire", queue);
            queue.expire(nowMillis);
        } else if (choice < 74) {
            configure(queue);
        } else if (choice < 81) {
            moveDeadLetters(queue);
        } else if (choice < 84) {
            restart();
        } else if (choice < 87) {
            metrics(queue);
        } else {
            note(() -> "proceed", queue);
            queue.proceed(nowMillis);
        }
    }

    /**
     * The clock stands still, advances a little or a lot, is set back a little, or reaches the time at which something
     * is due.
     */
    private void tick() {
        int choice = random.nextInt(20);
        if (choice < 8) {
            nowMillis += random.nextInt(2_000);
        } else if (choice < 12) {
            nowMillis += random.nextInt(20_000);
        } else if (choice == 12) {
            nowMillis += random.nextInt(120_000);
        } else if (choice == 13) {
            nowMillis -= random.nextInt(3_000);
        } else if (choice == 14) {
            nowMillis = queues[random.nextInt(queues.length)].model.nextMillis(nowMillis);
        }
    }

    private void note(Supplier<String> what, QueueUnderTest queue) {
        if (steps != null) {
            steps.add(nowMillis + " queue " + queue.number + ": " + what.get());
        }
    }

    private <R> void call(
            QueueUnderTest queue, QueueCommand<R> command, BiConsumer<Decision<R>, QueueException> check) {
        note(command::toString, queue);
        queue.call(
                new QueueUnderTest.Call<>(command, (decision, refusal) -> {
                    note(() -> "  decided " + command + " -> " + (refusal == null ? decision : refusal), queue);
                    check.accept(decision, refusal);
                }),
                nowMillis);
    }

    private void configure(QueueUnderTest queue) {
        QueueSettings settings = new QueueSettings(
                random.nextInt(3) == 0 ? random.nextInt(10) : 0, random.nextInt(6) == 0, 60 + random.nextInt(240));
        ConsumerSettings consumerSettings = new ConsumerSettings(
                1 + random.nextInt(6),
                random.nextInt(4),
                random.nextInt(3) == 0 ? random.nextInt(20) : 0,
                1 + random.nextInt(40_000),
                0,
                0);
        ConsumerType type = random.nextInt(10) == 0 ? ConsumerType.WORKER : ConsumerType.HTTP_PULL;
        Consumer consumer = random.nextInt(10) == 0
                ? null
                : new Consumer("c", type, "", random.nextBoolean() ? "dead" : "", consumerSettings, 0);
        note(() -> "configure " + settings + " " + consumer, queue);
        queue.configure(settings, consumer, nowMillis);
    }

    private void push(QueueUnderTest queue) {
        List<NewMessage> messages = new ArrayList<>();
        int count = random.nextInt(3) > 0 ? 1 : 1 + random.nextInt(8);
        for (int i = 0; i < count; i++) {
            int delay =
                    switch (random.nextInt(4)) {
                        case 0 -> random.nextInt(30);
                        case 1 -> 0;
                        default -> NewMessage.DELAY_UNSET;
                    };
            byte[] body = new byte[random.nextInt(BODY_BYTES_MAX)];
            messages.add(new NewMessage(0, nextId++, ContentType.TEXT, body, delay));
        }
        call(queue, new Push(messages), (decision, refusal) -> {
            long bytes = messages.stream()
                    .mapToLong(message -> message.body().length)
                    .sum();
            long bytesMax = queue.limits().backlogBytesMax();
            if (bytesMax > 0 && queue.model.bytes() + bytes > bytesMax) {
                assertThat(refusal).isNotNull();
                assertThat(refusal.error()).isEqualTo(QueueError.STORAGE_LIMIT);
                return;
            }
            assertThat(refusal).isNull();
            for (NewMessage message : messages) {
                queue.model.push(message.idLow(), message.body().length, message.delaySeconds(), nowMillis);
            }
            assertThat(decision.reply().backlogCount()).isEqualTo(queue.model.messages.size());
            assertThat(decision.reply().backlogBytes()).isEqualTo(queue.model.bytes());
            assertThat(decision.reply().oldestTimestampMillis())
                    .isLessThanOrEqualTo(queue.model.metrics().oldestTimestampMillis());
        });
    }

    /** The first step of a pull, in most cases followed by the second one at once. */
    private void pull(QueueUnderTest queue) {
        int size = random.nextInt(4) == 0 ? Pull.FROM_CONSUMER : 1 + random.nextInt(8);
        long bytesMax = random.nextInt(3) == 0 ? 1 + random.nextInt(3 * BODY_BYTES_MAX) : Long.MAX_VALUE;
        PullCandidates command = new PullCandidates(size, ConsumerType.HTTP_PULL, bytesMax, queue.reserved);
        call(queue, command, (decision, refusal) -> {
            if (isPullRefused(queue, refusal)) {
                return;
            }
            List<ReadyMessage> candidates = decision.reply();
            checkCandidates(queue, size, bytesMax, candidates);
            if (random.nextInt(4) > 0) {
                // Arrivals behind those that another pull has reserved are not leased before them.
                lease(queue, candidates, queue.reserved.isEmpty());
            } else {
                queue.chosen.add(candidates);
                candidates.forEach(
                        message -> queue.reserved.add(message.header().seq()));
            }
        });
    }

    /** The second step of an earlier pull, in random order. */
    private void leaseLater(QueueUnderTest queue) {
        if (!queue.chosen.isEmpty()) {
            List<ReadyMessage> candidates = queue.chosen.remove(random.nextInt(queue.chosen.size()));
            candidates.forEach(message -> queue.reserved.remove(message.header().seq()));
            lease(queue, candidates.subList(0, random.nextInt(candidates.size() + 1)), false);
        }
    }

    private boolean isPullRefused(QueueUnderTest queue, QueueException refusal) {
        NaiveQueue model = queue.model;
        if (model.consumer == null || model.consumer.type() != ConsumerType.HTTP_PULL) {
            assertThat(refusal.error()).isEqualTo(QueueError.PULL_NOT_ENABLED);
            return true;
        }
        if (model.settings.deliveryPaused()) {
            assertThat(refusal.error()).isEqualTo(QueueError.DELIVERY_PAUSED);
            return true;
        }
        assertThat(refusal).isNull();
        return false;
    }

    private int leasesLeft(QueueUnderTest queue) {
        NaiveQueue model = queue.model;
        return queue.limits().leasesPerQueueMax()
                - model.in(NaiveQueue.Place.LEASED).size()
                - model.in(NaiveQueue.Place.DEAD_LETTERING).size()
                - model.in(NaiveQueue.Place.MOVED).size();
    }

    private void checkCandidates(QueueUnderTest queue, int size, long bytesMax, List<ReadyMessage> candidates) {
        int asked = size == Pull.FROM_CONSUMER ? queue.model.consumer.settings().batchSize() : size;
        int wanted = Math.max(0, Math.min(asked, leasesLeft(queue) - queue.reserved.size()));
        List<NaiveQueue.Message> ready = queue.model.ready(nowMillis);
        List<NaiveQueue.Message> free = ready.stream()
                .filter(message -> !queue.reserved.contains(message.seq))
                .toList();
        int known = Math.min(ready.size(), Math.min(wanted + queue.reserved.size(), queue.windowMax()));
        int leastExpected = Math.min(wanted, known - (ready.size() - free.size()));
        assertThat(candidates).hasSizeLessThanOrEqualTo(wanted);
        long bytes = 0;
        for (int i = 0; i < candidates.size(); i++) {
            NaiveQueue.Message expected = free.get(i);
            assertThat(candidates.get(i).header().seq()).isEqualTo(expected.seq);
            assertThat(candidates.get(i).deliveries()).isEqualTo(expected.deliveries);
            bytes += expected.bytes;
        }
        assertThat(candidates.size() <= 1 || bytes <= bytesMax).isTrue();
        if (candidates.size() < leastExpected) {
            assertThat(bytes + free.get(candidates.size()).bytes).isGreaterThan(bytesMax);
        }
    }

    /** @param all whether every chosen message must still be ready */
    private void lease(QueueUnderTest queue, List<ReadyMessage> chosen, boolean all) {
        int timeout = random.nextInt(4) == 0 ? Pull.FROM_CONSUMER : 1 + random.nextInt(40_000);
        call(queue, new Pull(chosen, timeout, ConsumerType.HTTP_PULL), (decision, refusal) -> {
            if (isPullRefused(queue, refusal)) {
                return;
            }
            Pull.PullReply reply = decision.reply();
            assertThat(reply.leases()).hasSizeLessThanOrEqualTo(Math.max(0, leasesLeft(queue)));
            if (all) {
                assertThat(reply.leases()).hasSameSizeAs(chosen);
            }
            long timeoutMillis = timeout == Pull.FROM_CONSUMER
                    ? queue.model.consumer.settings().visibilityTimeoutMillis()
                    : timeout;
            for (Lease lease : reply.leases()) {
                checkLease(queue, chosen, lease, nowMillis + timeoutMillis);
            }
            assertThat(reply.metrics().backlogCount()).isEqualTo(queue.model.messages.size());
            decision.events().forEach(event -> queue.unsent.add(Release.Unsent.of((QueueEvent.Leased) event)));
        });
    }

    private void checkLease(QueueUnderTest queue, List<ReadyMessage> chosen, Lease lease, long endMillis) {
        long seq = lease.header().seq();
        NaiveQueue.Message message = queue.model.message(seq);
        assertThat(chosen).anyMatch(candidate -> candidate.header().seq() == seq);
        assertThat(queue.model.ready(nowMillis)).contains(message);
        // Arrivals are leased from the front.
        assertThat(message.place == NaiveQueue.Place.ARRIVAL
                        && queue.model.in(NaiveQueue.Place.ARRIVAL).stream().anyMatch(other -> other.seq < seq))
                .isFalse();
        assertThat(lease.delivery()).isEqualTo(message.deliveries + 1);
        assertThat(lease.expiresAtMillis()).isEqualTo(endMillis);
        queue.model.lease(message, endMillis);
        queue.tokens.add(new LeaseId(seq, lease.delivery()));
    }

    /** Releases leases of the last pulls, as if their responses were not sent. */
    private void release(QueueUnderTest queue) {
        List<Release.Unsent> leases = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0 && !queue.unsent.isEmpty(); i--) {
            leases.add(queue.unsent.remove(queue.unsent.size() - 1));
        }
        call(queue, new Release(leases), (decision, refusal) -> {
            int released = 0;
            for (Release.Unsent unsent : leases) {
                released += queue.model.release(unsent, nowMillis) ? 1 : 0;
            }
            assertThat(decision.reply()).isEqualTo(released);
        });
    }

    private void ack(QueueUnderTest queue) {
        List<LeaseId> acks = new ArrayList<>();
        List<Ack.Retry> retries = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            acks.add(token(queue));
        }
        for (int i = random.nextInt(4); i > 0; i--) {
            retries.add(new Ack.Retry(token(queue), random.nextInt(15) - 5 < 0 ? -1 : random.nextInt(20)));
        }
        Ack command = new Ack(acks, retries);
        call(queue, command, (decision, refusal) -> {
            assertThat(refusal).isNull();
            assertThat(decision.reply()).isEqualTo(queue.model.ack(command, nowMillis));
        });
    }

    /**
     * Returns one of the last tokens, any token, or one that was never issued but could have been before a loss of
     * power.
     */
    private LeaseId token(QueueUnderTest queue) {
        int known = queue.tokens.size();
        if (known == 0 || random.nextInt(12) == 0) {
            return new LeaseId(1 + random.nextInt((int) queue.model.nextSeq + 2), 1 + random.nextInt(3));
        }
        int recent = Math.min(known, 8);
        return random.nextInt(3) == 0
                ? queue.tokens.get(random.nextInt(known))
                : queue.tokens.get(known - 1 - random.nextInt(recent));
    }

    private void peek(QueueUnderTest queue) {
        int size = 1 + random.nextInt(6);
        call(queue, new Peek(size, Long.MAX_VALUE), (decision, refusal) -> {
            List<NaiveQueue.Message> ready = queue.model.ready(nowMillis);
            assertThat(decision.events()).isEmpty();
            assertThat(decision.reply())
                    .hasSizeBetween(Math.min(ready.size(), Math.min(size, queue.windowMax())), size);
            for (int i = 0; i < decision.reply().size(); i++) {
                assertThat(decision.reply().get(i).header().seq()).isEqualTo(ready.get(i).seq);
                assertThat(decision.reply().get(i).deliveries()).isEqualTo(ready.get(i).deliveries);
            }
        });
    }

    private void purgeRefs(QueueUnderTest queue) {
        List<Long> seqs = new ArrayList<>();
        for (int i = 1 + random.nextInt(4); i > 0; i--) {
            seqs.add((long) random.nextInt((int) queue.model.nextSeq + 2));
        }
        call(queue, new PurgeRefs(seqs), (decision, refusal) -> {
            List<Boolean> expected = new ArrayList<>();
            for (long seq : seqs) {
                expected.add(queue.model.purge(seq));
            }
            assertThat(decision.reply()).isEqualTo(expected);
        });
    }

    private void purge(QueueUnderTest queue) {
        call(queue, new Purge(), (decision, refusal) -> {
            queue.model.purge(List.copyOf(queue.model.messages), nowMillis);
            assertThat(decision.reply()).isEqualTo(nowMillis);
        });
    }

    private void metrics(QueueUnderTest queue) {
        call(queue, new ReadPurge(), (decision, refusal) -> assertThat(decision.reply())
                .isEqualTo(queue.model.purgedAtMillis));
        call(queue, new ReadMetrics(), (decision, refusal) -> {
            assertThat(decision.reply()).isEqualTo(queue.model.metrics());
            assertThat(queue.state.deadlineMillis()).isEqualTo(queue.model.deadlineMillis());
        });
    }

    /** One of the three steps of dead-lettering: read the contents, pass them on, confirm. */
    private void moveDeadLetters(QueueUnderTest queue) {
        QueueUnderTest target = queue == queues[0] ? queues[1] : queues[0];
        if (!queue.toConfirm.isEmpty() && random.nextBoolean()) {
            confirm(queue);
        } else if (!queue.deadLetters.isEmpty() && random.nextBoolean()) {
            accept(queue, target);
        } else {
            note(() -> "prepare dead letters", queue);
            disk.drainAll();
            for (QueueEvent.DeadLettering letter :
                    queue.state.deadLettering(random.nextInt(5), 1 + random.nextInt(3))) {
                Lease lease = letter.lease();
                long seq = lease.header().seq();
                boolean prepared = queue.deadLetters.stream()
                                .anyMatch(deadLetter ->
                                        deadLetter.origin().header().seq() == seq)
                        || queue.toConfirm.contains(seq);
                Content content = disk.content(queue.number, lease.header());
                if (!prepared && content != null) {
                    queue.deadLetters.add(new AcceptDeadLetters.DeadLetter(
                            new QueueEvent.Origin(queue.number, lease.header()), content));
                }
            }
        }
    }

    private void accept(QueueUnderTest queue, QueueUnderTest target) {
        List<AcceptDeadLetters.DeadLetter> deadLetters = List.copyOf(queue.deadLetters);
        queue.deadLetters.clear();
        boolean cycle = random.nextBoolean();
        call(target, new AcceptDeadLetters(deadLetters, cycle), (decision, refusal) -> {
            assertThat(decision.reply()).isEqualTo(deadLetters.size());
            for (AcceptDeadLetters.DeadLetter deadLetter : deadLetters) {
                MessageHeader origin = deadLetter.origin().header();
                target.model.accept(
                        deadLetter.content().idLow(),
                        origin.bodyBytes(),
                        origin.timestampMillis(),
                        cycle && origin.storedAtMillis() != origin.timestampMillis(),
                        nowMillis);
                NaiveQueue.Message message = queue.model.message(origin.seq());
                if (message != null) {
                    assertThat(message.place).isEqualTo(NaiveQueue.Place.DEAD_LETTERING);
                    assertThat(message.id).isEqualTo(deadLetter.content().idLow());
                    message.place = NaiveQueue.Place.MOVED;
                }
                queue.toConfirm.add(origin.seq());
            }
        });
    }

    private void confirm(QueueUnderTest queue) {
        List<Long> seqs = new ArrayList<>(queue.toConfirm);
        seqs.add(seqs.get(0) + 1 + random.nextInt(20) * queue.model.nextSeq);
        queue.toConfirm.clear();
        call(queue, new ConfirmDeadLettered(seqs.subList(0, seqs.size() - 1)), (decision, refusal) -> {
            int counted = 0;
            for (int i = 0; i < seqs.size() - 1; i++) {
                long seq = seqs.get(i);
                counted += queue.model.messages.removeIf(message -> message.seq == seq) ? 1 : 0;
            }
            assertThat(decision.reply()).isEqualTo(counted);
        });
    }

    /**
     * The process crashes and starts again; everything committed is on disk. Messages that were being dead-lettered
     * are leases again.
     */
    private void restart() {
        for (QueueUnderTest queue : queues) {
            note(() -> "restart", queue);
            disk.drainAll();
            new QueueInvariants(queue, nowMillis).checkDisk(disk);
            for (NaiveQueue.Message message : queue.model.in(NaiveQueue.Place.DEAD_LETTERING)) {
                message.place = NaiveQueue.Place.LEASED;
            }
            queue.load();
        }
    }
}
