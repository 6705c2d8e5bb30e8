package dev.sluice.api.extension;

import dev.sluice.queue.BacklogSnapshot;
import dev.sluice.queue.Consumer;
import dev.sluice.queue.ConsumerType;
import dev.sluice.queue.QueueDefinition;
import dev.sluice.runtime.QueueBacklog;
import dev.sluice.runtime.clock.ContinuousClock;
import dev.sluice.runtime.metrics.QueueCounter;
import dev.sluice.runtime.metrics.QueueCounters;
import dev.sluice.runtime.metrics.QueueRates;
import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/** A queue with its backlog, counters and rates as JSON (openapi/extensions.yaml). Owned by one event loop. */
final class BacklogView {
    private static final double TENTHS = 10;

    private final QueueRates rates;
    private final ContinuousClock clock;

    BacklogView(QueueRates rates, ContinuousClock clock) {
        this.rates = rates;
        this.clock = clock;
    }

    JsonObject of(QueueBacklog read) {
        QueueDefinition queue = read.queue();
        return new JsonObject()
                .put("queue_id", queue.queueId())
                .put("queue_name", queue.name())
                .put("delivery_paused", queue.settings().deliveryPaused())
                .put("consumer", consumer(queue.consumer()))
                .put("backlog", backlog(read.backlog()))
                .put("totals", totals(read.counters()))
                .put("rates", rates(rates.rates(queue.number())));
    }

    private static @Nullable JsonObject consumer(@Nullable Consumer consumer) {
        if (consumer == null) {
            return null;
        }
        JsonObject view = new JsonObject().put("type", consumer.type().wireName());
        if (consumer.type() == ConsumerType.WORKER) {
            view.put("script_name", consumer.scriptName());
        }
        return view.put("dead_letter_queue", consumer.deadLetterQueue());
    }

    private JsonObject backlog(BacklogSnapshot backlog) {
        long nowMillis = clock.nowMillis();
        JsonObject view = new JsonObject()
                .put("ready", backlog.readyCount(nowMillis))
                .put("delayed", backlog.delayedCount(nowMillis))
                .put("leased", backlog.leasedCount())
                .put("bytes", backlog.bytes());
        return backlog.isComplete()
                ? view.put("oldest_message_timestamp_ms", clock.wallMillis(backlog.oldestTimestampMillis()))
                : view.putNull("oldest_message_timestamp_ms");
    }

    private static JsonObject totals(@Nullable QueueCounters counters) {
        return new JsonObject()
                .put("pushed", total(counters, QueueCounter.PUSHED))
                .put("delivered", total(counters, QueueCounter.DELIVERED))
                .put("acknowledged", total(counters, QueueCounter.ACKNOWLEDGED))
                .put("retried", total(counters, QueueCounter.RETRIED))
                .put(
                        "dead_lettered",
                        total(counters, QueueCounter.DEAD_LETTERED_RETRIED)
                                + total(counters, QueueCounter.DEAD_LETTERED_LEASE_EXPIRED))
                .put("dead_letters_received", total(counters, QueueCounter.DEAD_LETTERS_RECEIVED))
                .put("expired", total(counters, QueueCounter.EXPIRED))
                .put("discarded", total(counters, QueueCounter.DISCARDED));
    }

    private static long total(@Nullable QueueCounters counters, QueueCounter counter) {
        return counters == null ? 0 : counters.get(counter);
    }

    private static JsonObject rates(QueueRates.Rates rates) {
        return new JsonObject()
                .put("pushed", rounded(rates.pushed()))
                .put("delivered", rounded(rates.delivered()))
                .put("acknowledged", rounded(rates.acknowledged()));
    }

    private static double rounded(double perSecond) {
        return Math.round(perSecond * TENTHS) / TENTHS;
    }
}
