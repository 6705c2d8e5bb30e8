package dev.sluice.worker;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.VertxException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.WriteStream;
import io.vertx.ext.web.codec.BodyCodec;
import io.vertx.ext.web.codec.spi.BodyStream;

/**
 * Gathers the body of one answer up to a bound. Beyond it, or when told to stop, the stream fails, and the client closes the
 * connection. Owned by one event loop.
 */
final class BoundedAnswer implements BodyCodec<Buffer>, BodyStream<Buffer> {
    private final int bytesMax;
    private final Buffer gathered = Buffer.buffer();
    private final Promise<Buffer> result = Promise.promise();
    private Handler<Throwable> exceptionHandler;
    private boolean aborted;

    BoundedAnswer(int bytesMax) {
        this.bytesMax = bytesMax;
    }

    /** Takes nothing more. */
    void abort() {
        aborted = true;
        if (exceptionHandler != null) {
            exceptionHandler.handle(tooLate());
        }
    }

    @Override
    public BodyStream<Buffer> stream() {
        return this;
    }

    @Override
    public Future<Void> write(Buffer piece) {
        if (aborted) {
            return Future.failedFuture(tooLate());
        }
        if (piece.length() > bytesMax - gathered.length()) {
            return Future.failedFuture(VertxException.noStackTrace("its answer is longer than " + bytesMax + " bytes"));
        }
        gathered.appendBuffer(piece);
        return Future.succeededFuture();
    }

    @Override
    public Future<Void> end() {
        result.tryComplete(gathered);
        return Future.succeededFuture();
    }

    @Override
    public Future<Buffer> result() {
        return result.future();
    }

    /** The answer broke off. */
    @Override
    public void handle(Throwable failure) {
        result.tryFail(failure);
    }

    @Override
    public WriteStream<Buffer> exceptionHandler(Handler<Throwable> handler) {
        exceptionHandler = handler;
        return this;
    }

    @Override
    public WriteStream<Buffer> setWriteQueueMaxSize(int maxSize) {
        return this;
    }

    @Override
    public boolean writeQueueFull() {
        return false;
    }

    @Override
    public WriteStream<Buffer> drainHandler(Handler<Void> handler) {
        return this;
    }

    private static VertxException tooLate() {
        return VertxException.noStackTrace("the answer took too long");
    }
}
