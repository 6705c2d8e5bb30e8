package dev.sluice.runtime.bus;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.MessageCodec;

/**
 * Passes immutable records over the local event bus by reference.
 *
 * <p>Encoding for the network fails: these requests have no wire format yet.
 */
public final class ByReferenceCodec implements MessageCodec<Object, Object> {
    public static final String NAME = "sluice-by-reference";

    @Override
    public void encodeToWire(Buffer buffer, Object body) {
        throw new IllegalStateException("requests to queues stay in this process");
    }

    @Override
    public Object decodeFromWire(int position, Buffer buffer) {
        throw new IllegalStateException("requests to queues stay in this process");
    }

    @Override
    public Object transform(Object body) {
        return body;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public byte systemCodecID() {
        return -1;
    }
}
