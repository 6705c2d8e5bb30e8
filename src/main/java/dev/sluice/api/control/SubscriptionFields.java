package dev.sluice.api.control;

import dev.sluice.api.Identifiers;
import dev.sluice.api.OperationCall;
import dev.sluice.queue.QueueError;
import dev.sluice.queue.QueueException;
import dev.sluice.runtime.bus.CatalogClient.SubscriptionPatch;
import dev.sluice.runtime.bus.CatalogClient.SubscriptionSpec;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Decodes the requests about event subscriptions (docs/api.md 8). */
final class SubscriptionFields {
    private SubscriptionFields() {}

    /**
     * The id in the path.
     *
     * @throws QueueException RESOURCE_UNKNOWN if it is malformed
     */
    static String id(OperationCall call) {
        String id = Identifiers.normalize(call.path().get("subscription_id"));
        if (id == null) {
            throw unknown();
        }
        return id;
    }

    static QueueException unknown() {
        return new QueueException(QueueError.RESOURCE_UNKNOWN, "Subscription not found.");
    }

    /** Checks that the body of a creation has all required fields. */
    static void requireAll(JsonObject body) {
        require(body, "source", "it must be an object with a non-empty string \"type\"");
        require(body, "destination", "it must be {\"type\": \"queues.queue\", \"queue_id\": \"…\"}");
        require(body, "events", "it must be a list of at least one event name");
    }

    /** The subscription to create, from a body whose types have been checked. */
    static SubscriptionSpec forCreation(JsonObject body) {
        return new SubscriptionSpec(
                Objects.requireNonNullElse(body.getString("name"), ""),
                !Boolean.FALSE.equals(body.getBoolean("enabled")),
                source(body.getJsonObject("source")),
                queueId(body.getJsonObject("destination")),
                events(body.getJsonArray("events")));
    }

    /** The changes to a subscription, from a body whose types have been checked. The source never changes. */
    static SubscriptionPatch forChange(JsonObject body) {
        return new SubscriptionPatch(
                Optional.ofNullable(body.getString("name")),
                Optional.ofNullable(body.getBoolean("enabled")),
                Optional.ofNullable(body.getJsonObject("destination")).map(SubscriptionFields::queueId),
                Optional.ofNullable(body.getJsonArray("events")).map(SubscriptionFields::events));
    }

    private static void require(JsonObject body, String field, String form) {
        if (body.getValue(field) == null) {
            throw new QueueException(QueueError.REQUEST_INVALID, field + " is missing: " + form + ".");
        }
    }

    private static String source(JsonObject source) {
        String type = source.getString("type");
        if (type == null || type.isEmpty()) {
            throw new QueueException(
                    QueueError.REQUEST_INVALID, "source.type is missing: name what the events come from.");
        }
        return source.encode();
    }

    private static String queueId(JsonObject destination) {
        if (!SubscriptionView.DESTINATION_TYPE.equals(destination.getString("type"))) {
            throw new QueueException(
                    QueueError.REQUEST_INVALID,
                    "destination.type must be \"" + SubscriptionView.DESTINATION_TYPE + "\".");
        }
        String given = destination.getString("queue_id");
        if (given == null) {
            throw new QueueException(QueueError.REQUEST_INVALID, "destination.queue_id is missing.");
        }
        String queueId = Identifiers.normalize(given);
        if (queueId == null) {
            throw new QueueException(QueueError.QUEUE_UNKNOWN);
        }
        return queueId;
    }

    private static List<String> events(JsonArray events) {
        if (events.isEmpty()) {
            throw new QueueException(QueueError.REQUEST_INVALID, "events must name at least one event.");
        }
        return events.stream().map(String.class::cast).toList();
    }
}
