package dev.sluice.runtime;

import dev.sluice.queue.QueueDefinition;
import dev.sluice.queue.QueueError;
import dev.sluice.queue.QueueException;
import dev.sluice.runtime.bus.QueueCall;
import dev.sluice.runtime.deadletter.DeadLetterTransport;
import dev.sluice.runtime.queue.ActiveQueue;
import dev.sluice.runtime.queue.EventLoopScheduler;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts an {@link ActiveQueue} on the event loop that the verticle was given, and its requests and answers on the bus. */
final class QueueVerticle extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(QueueVerticle.class);

    /** How long a stop waits for batches that a Worker has; a batch that takes longer is delivered again some day. */
    private static final long BATCHES_WAIT_MILLIS = 5_000;

    private final QueueDefinition definition;
    private final String address;
    private final RuntimeResources parts;
    private final Admission admission;
    private final DeadLetterTransport post;
    private volatile ActiveQueue queue;
    private volatile boolean discarded;
    private MessageConsumer<QueueCall<?>> requests;

    /** @param address where it is to listen; the very string that senders use is found on the bus without a comparison */
    QueueVerticle(
            QueueDefinition definition,
            String address,
            RuntimeResources parts,
            Admission admission,
            DeadLetterTransport post) {
        this.definition = definition;
        this.address = address;
        this.parts = parts;
        this.admission = admission;
        this.post = post;
    }

    /** The queue; null before the start. What it says it can be asked from any thread can be asked. */
    ActiveQueue queue() {
        return queue;
    }

    /** The queue is going to be deleted: a stop waits for nobody. Callable from any thread. */
    void discard() {
        discarded = true;
    }

    @Override
    public Future<?> start() {
        queue = new ActiveQueue(
                definition, parts, new EventLoopScheduler(vertx, context, parts.clock()), admission, post);
        requests = vertx.eventBus().localConsumer(address);
        requests.handler(this::receive);
        return queue.start();
    }

    @Override
    public Future<?> stop() {
        return queue.stop(discarded ? 0 : BATCHES_WAIT_MILLIS).eventually(requests::unregister);
    }

    private void receive(Message<QueueCall<?>> message) {
        QueueCall<?> call = message.body();
        try {
            queue.handle(call.request(), call);
        } catch (RuntimeException fault) {
            LOG.error("queue {}: request failed", definition.number(), fault);
            call.fail(new QueueException(QueueError.INTERNAL));
        }
    }
}
