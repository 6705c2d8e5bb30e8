package dev.sluice;

import io.vertx.core.json.jackson.JacksonCodec;
import io.vertx.core.spi.JsonFactory;
import io.vertx.core.spi.json.JsonCodec;

/**
 * JSON for Vert.x, which finds this class as a service: maps, lists and values, as the streaming part of Jackson reads and writes
 * them. Vert.x itself would take data binding because it is there; nobody here binds JSON to classes, and setting that up takes
 * longer than opening the store.
 */
public final class VertxJsonFactory implements JsonFactory {
    private static final int BEFORE_THE_DEFAULT = 0;

    @Override
    public int order() {
        return BEFORE_THE_DEFAULT;
    }

    @Override
    public JsonCodec codec() {
        return new JacksonCodec();
    }
}
