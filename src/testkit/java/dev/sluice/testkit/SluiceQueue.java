package dev.sluice.testkit;

import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** A queue of a {@link SluiceServer}, as its clients see it. Every method is one or more requests of the HTTP API. */
public final class SluiceQueue {
    private static final int BATCH_MAX = 100;
    private static final long DRAIN_MILLIS_MAX = 60_000;
    private static final long POLL_MILLIS = 10;

    private final ApiClient api;
    private final String name;
    private final String id;

    SluiceQueue(ApiClient api, String name, String id) {
        this.api = api;
        this.name = name;
        this.id = id;
    }

    /** The name of the queue. */
    public String name() {
        return name;
    }

    /** The id of the queue, as paths of the API have it. */
    public String id() {
        return id;
    }

    /** Pushes a message of the content type text. */
    public void push(String text) {
        send("/messages", new JsonObject().put("body", text).put("content_type", "text"));
    }

    /** Pushes a message of the content type text that no consumer gets before the delay is over. */
    public void push(String text, Duration delay) {
        send(
                "/messages",
                new JsonObject().put("body", text).put("content_type", "text").put("delay_seconds", delay.toSeconds()));
    }

    /**
     * Pushes a message of the content type json.
     *
     * @param json JSON text
     */
    public void pushJson(String json) {
        send("/messages", new JsonObject().put("body", Json.decodeValue(json)).put("content_type", "json"));
    }

    /** Leases up to that many messages that are ready, from 1 to 100. */
    public List<SluiceMessage> pull(int batchSize) {
        JsonObject result = send("/messages/pull", new JsonObject().put("batch_size", batchSize));
        List<SluiceMessage> messages = new ArrayList<>();
        for (Object message : result.getJsonArray("messages")) {
            messages.add(SluiceMessage.of((JsonObject) message));
        }
        return messages;
    }

    /** Acknowledges messages: they are deleted. */
    public void ack(Collection<SluiceMessage> messages) {
        JsonArray acks = new JsonArray();
        messages.forEach(message -> acks.add(new JsonObject().put("lease_id", message.leaseId())));
        send("/messages/ack", new JsonObject().put("acks", acks));
    }

    /** Gives messages back for another delivery, or for the dead letter queue after the last one. */
    public void retry(Collection<SluiceMessage> messages, Duration delay) {
        JsonArray retries = new JsonArray();
        messages.forEach(message -> retries.add(
                new JsonObject().put("lease_id", message.leaseId()).put("delay_seconds", delay.toSeconds())));
        send("/messages/ack", new JsonObject().put("retries", retries));
    }

    /** Pulls and acknowledges all messages that are ready. */
    public List<SluiceMessage> drain() {
        return drain(0);
    }

    /**
     * Pulls and acknowledges all messages that are ready, and waits until at least that many came.
     *
     * @throws IllegalStateException if they did not come within a minute
     */
    public List<SluiceMessage> drain(int atLeast) {
        List<SluiceMessage> drained = new ArrayList<>();
        long endNanos = System.nanoTime() + Duration.ofMillis(DRAIN_MILLIS_MAX).toNanos();
        while (true) {
            List<SluiceMessage> messages = pull(BATCH_MAX);
            if (!messages.isEmpty()) {
                ack(messages);
                drained.addAll(messages);
            } else if (drained.size() >= atLeast) {
                return drained;
            } else if (System.nanoTime() > endNanos) {
                throw new IllegalStateException(
                        "queue " + name + " had " + drained.size() + " of " + atLeast + " messages");
            } else {
                ApiClient.pause(POLL_MILLIS);
            }
        }
    }

    /** The number of messages that are not acknowledged, also delayed and leased ones. */
    public int backlog() {
        return api.request("GET", "/queues/" + id + "/metrics", null).getInteger("backlog_count");
    }

    /** Deletes all messages. */
    public void purge() {
        send("/purge", new JsonObject().put("delete_messages_permanently", true));
    }

    private JsonObject send(String path, JsonObject body) {
        return api.request("POST", "/queues/" + id + path, body);
    }
}
