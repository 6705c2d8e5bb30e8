package dev.sluice;

import io.vertx.core.json.jackson.JacksonCodec;
import io.vertx.core.spi.JsonFactory;
import io.vertx.core.spi.json.JsonCodec;

/**
 * JSON codec of Vert.x, loaded through the service loader. It uses only the streaming part of Jackson, for maps, lists
 * and values. By default Vert.x would choose data binding, which Sluice does not need and whose initialization takes
 * longer than opening the store.
 */
public final class VertxJsonFactory implements JsonFactory {
    private static final int ORDER_BEFORE_DEFAULT = 0;

    @Override
    public int order() {
        return ORDER_BEFORE_DEFAULT;
    }

    @Override
    public JsonCodec codec() {
        return new JacksonCodec();
    }
}
