package dev.sluice.bench;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Finds or creates the queue of a run, with an http_pull consumer if the mode needs one. */
final class TargetQueue {
    private final HttpClient client;
    private final LoadPlan plan;

    TargetQueue(HttpClient client, LoadPlan plan) {
        this.client = client;
        this.plan = plan;
    }

    /** Returns the URL path of its messages; fails with a {@link LoadException}. */
    Future<String> prepare() {
        String name = URLEncoder.encode(plan.queue(), StandardCharsets.UTF_8);
        return request(HttpMethod.GET, plan.queuesPath() + "?name=" + name, null)
                .compose(list -> list.getJsonArray("result").isEmpty() ? create() : first(list))
                .compose(queue -> {
                    String path = plan.queuesPath() + "/" + queue.getString("queue_id");
                    boolean needsConsumer = plan.shape().mode() == LoadPlan.Mode.CYCLE;
                    return (needsConsumer ? consumer(path, queue) : Future.<Void>succeededFuture())
                            .map(path + "/messages");
                });
    }

    private static Future<JsonObject> first(JsonObject list) {
        return Future.succeededFuture(list.getJsonArray("result").getJsonObject(0));
    }

    private Future<JsonObject> create() {
        return request(HttpMethod.POST, plan.queuesPath(), new JsonObject().put("queue_name", plan.queue()))
                .map(created -> created.getJsonObject("result"));
    }

    private Future<Void> consumer(String path, JsonObject queue) {
        JsonArray consumers = queue.getJsonArray("consumers", new JsonArray());
        if (consumers.isEmpty()) {
            return request(HttpMethod.POST, path + "/consumers", new JsonObject().put("type", "http_pull"))
                    .mapEmpty();
        }
        return "http_pull".equals(consumers.getJsonObject(0).getString("type"))
                ? Future.succeededFuture()
                : Future.failedFuture(new LoadException("queue '" + plan.queue() + "' has a consumer of another type"));
    }

    private Future<JsonObject> request(HttpMethod method, String path, @Nullable JsonObject body) {
        RequestOptions options = new RequestOptions()
                .setMethod(method)
                .setURI(path)
                .setTimeout(10_000)
                .putHeader(HttpHeaders.AUTHORIZATION, "Bearer " + plan.token());
        return client.request(options)
                .compose(request -> request.send(body == null ? Buffer.buffer() : body.toBuffer()))
                .compose(response -> response.body().map(text -> {
                    if (response.statusCode() != 200) {
                        throw new LoadException(plan.base() + " responds with " + response.statusCode() + ": " + text);
                    }
                    return text.toJsonObject();
                }))
                .recover(failure -> Future.failedFuture(
                        failure instanceof LoadException
                                ? failure
                                : new LoadException("no response from " + plan.base() + ": " + failure.getMessage())));
    }
}
