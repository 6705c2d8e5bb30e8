package dev.sluice.api.control;

import dev.sluice.api.Contract;
import dev.sluice.api.TypeValidator;
import dev.sluice.queue.ConsumerSettings;
import dev.sluice.queue.ConsumerType;
import dev.sluice.queue.Limits;
import dev.sluice.queue.QueueDefinition;
import dev.sluice.queue.QueueError;
import dev.sluice.queue.QueueException;
import dev.sluice.queue.QueueName;
import dev.sluice.runtime.bus.CatalogClient.ConsumerSpec;
import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/** Decodes the body of a request that creates or replaces a consumer. */
final class ConsumerFields {
    private final TypeValidator worker;
    private final TypeValidator httpPull;
    private final Limits limits;

    ConsumerFields(Contract contract, Limits limits) {
        this.worker = contract.typeValidator("MqWorkerConsumerRequest");
        this.httpPull = contract.typeValidator("MqHttpPullConsumerRequest");
        this.limits = limits;
    }

    /**
     * Decodes and checks a consumer.
     *
     * @param typeIfAbsent the type if the body has none; null if the body must have one
     * @throws QueueException REQUEST_INVALID or CONSUMER_SETTINGS_INVALID
     */
    ConsumerSpec read(JsonObject body, QueueDefinition queue, @Nullable ConsumerType typeIfAbsent) {
        ConsumerType type = type(body, typeIfAbsent);
        (type == ConsumerType.WORKER ? worker : httpPull).check(body);
        String script = type == ConsumerType.WORKER ? script(body) : "";
        ConsumerSettings settings = settings(body.getJsonObject("settings"), type);
        settings.check(type, limits);
        return new ConsumerSpec(type, script, deadLetterQueue(body, queue), settings);
    }

    private static ConsumerType type(JsonObject body, @Nullable ConsumerType typeIfAbsent) {
        Object given = body.getValue("type");
        if (given == null) {
            if (typeIfAbsent == null) {
                throw new QueueException(
                        QueueError.REQUEST_INVALID, "type is missing: use \"http_pull\" or \"worker\".");
            }
            return typeIfAbsent;
        }
        ConsumerType type = given instanceof String name ? ConsumerType.ofWireName(name) : null;
        if ("notification".equals(given)) {
            throw new QueueException(
                    QueueError.REQUEST_INVALID,
                    "type \"notification\" is not available here: Sluice has no notification consumers. Use"
                            + " \"http_pull\" or \"worker\".");
        }
        if (type == null) {
            throw new QueueException(QueueError.REQUEST_INVALID, "type is unknown: use \"http_pull\" or \"worker\".");
        }
        return type;
    }

    private static String script(JsonObject body) {
        String name = body.getString("script_name", body.getString("script", body.getString("service")));
        if (name == null || name.isEmpty()) {
            throw invalid("script_name is missing: a worker consumer needs the name of its script.");
        }
        return name;
    }

    private static String deadLetterQueue(JsonObject body, QueueDefinition queue) {
        String name = body.getString("dead_letter_queue");
        if (name == null || name.isEmpty()) {
            return "";
        }
        if (name.equals(queue.name())) {
            throw invalid("dead_letter_queue must be another queue than the one it serves.");
        }
        if (!QueueName.isValid(name)) {
            throw invalid("dead_letter_queue must be the name of a queue: 1 to 63 letters, digits, '-' and '_', with a"
                    + " letter or digit at both ends.");
        }
        return name;
    }

    private static ConsumerSettings settings(@Nullable JsonObject given, ConsumerType type) {
        ConsumerSettings defaults = ConsumerSettings.defaultsOf(type);
        if (given == null) {
            return defaults;
        }
        boolean worker = type == ConsumerType.WORKER;
        return new ConsumerSettings(
                JsonBody.integer(given, "batch_size", defaults.batchSize()),
                JsonBody.integer(given, "max_retries", defaults.maxRetries()),
                JsonBody.integer(given, "retry_delay", defaults.retryDelaySeconds()),
                worker
                        ? defaults.visibilityTimeoutMillis()
                        : JsonBody.integer(given, "visibility_timeout_ms", defaults.visibilityTimeoutMillis()),
                worker
                        ? JsonBody.integer(given, "max_wait_time_ms", defaults.maxWaitTimeMillis())
                        : defaults.maxWaitTimeMillis(),
                worker ? concurrency(given) : defaults.maxConcurrency());
    }

    /** Zero means "unset" in the domain, but from a client it is out of range. */
    private static int concurrency(JsonObject given) {
        int concurrency = JsonBody.integer(given, "max_concurrency", ConsumerSettings.CONCURRENCY_UNSET);
        boolean isZero = concurrency == ConsumerSettings.CONCURRENCY_UNSET && given.getValue("max_concurrency") != null;
        return isZero ? -1 : concurrency;
    }

    private static QueueException invalid(String detail) {
        return new QueueException(QueueError.CONSUMER_SETTINGS_INVALID, detail);
    }
}
