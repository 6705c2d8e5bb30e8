package dev.sluice.api;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.function.Function;

/** Success answers of the control plane (reference 1.4). */
public final class Envelope {
    private Envelope() {}

    /** An answer with one result. */
    public static Answer of(JsonObject result) {
        return new Answer(success(result).toBuffer());
    }

    /** An answer that has nothing to say but that it is done. */
    public static Answer empty() {
        return new Answer(success(null).toBuffer());
    }

    /** One page of a list. */
    public static <T> Answer list(Page<T> page, Function<T, JsonObject> view) {
        JsonArray result = new JsonArray();
        List<T> items = page.items();
        items.forEach(item -> result.add(view.apply(item)));
        JsonObject info = new JsonObject()
                .put("count", items.size())
                .put("page", page.number())
                .put("per_page", page.size())
                .put("total_count", page.totalCount())
                .put("total_pages", page.totalPages());
        return new Answer(success(result).put("result_info", info).toBuffer());
    }

    private static JsonObject success(Object result) {
        return new JsonObject()
                .put("success", true)
                .put("errors", new JsonArray())
                .put("messages", new JsonArray())
                .put("result", result);
    }
}
