package dev.sluice.api;

import dev.sluice.api.http.Response;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Success responses of the control plane (docs/api.md 1.4). */
public final class Envelope {
    private Envelope() {}

    /** A response with one result. */
    public static Response of(JsonObject result) {
        return new Response(success(result).toBuffer());
    }

    /** A response with a list that has no pages. */
    public static Response of(JsonArray result) {
        return new Response(success(result).toBuffer());
    }

    /** A response without a result. */
    public static Response empty() {
        return new Response(success(null).toBuffer());
    }

    /** One page of a list. */
    public static <T> Response list(Page<T> page, Function<T, JsonObject> view) {
        JsonArray result = new JsonArray();
        List<T> items = page.items();
        items.forEach(item -> result.add(view.apply(item)));
        JsonObject info = new JsonObject()
                .put("count", items.size())
                .put("page", page.number())
                .put("per_page", page.size())
                .put("total_count", page.totalCount())
                .put("total_pages", page.totalPages());
        return new Response(success(result).put("result_info", info).toBuffer());
    }

    private static JsonObject success(@Nullable Object result) {
        return new JsonObject()
                .put("success", true)
                .put("errors", new JsonArray())
                .put("messages", new JsonArray())
                .put("result", result);
    }
}
