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

/** Runs an {@link ActiveQueue} on the verticle's event loop and connects it to the event bus. */
final class QueueVerticle extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(QueueVerticle.class);

    /** How long a stop waits for batches in flight to a Worker. A longer batch is delivered again later. */
    private static final long BATCHES_WAIT_MILLIS = 5_000;

    private final QueueDefinition definition;
    private final String address;
    private final RuntimeResources resources;
    private final Admission admission;
    private final DeadLetterTransport transport;
    private volatile ActiveQueue queue;
    private volatile boolean deleted;
    private MessageConsumer<QueueCall<?>> requests;

    /**
     * @param address the queue's address on the bus; the same string instance that senders use, so that the lookup
     *     needs no comparison
     */
    QueueVerticle(
            QueueDefinition definition,
            String address,
            RuntimeResources resources,
            Admission admission,
            DeadLetterTransport transport) {
        this.definition = definition;
        this.address = address;
        this.resources = resources;
        this.admission = admission;
        this.transport = transport;
    }

    /** The queue. Only after the start. Other threads may call only the methods that allow it. */
    ActiveQueue queue() {
        return queue;
    }

    /** Marks the queue as deleted: a stop waits for no batch. Callable from any thread. */
    void markDeleted() {
        deleted = true;
    }

    @Override
    public Future<?> start() {
        queue = new ActiveQueue(
                definition, resources, new EventLoopScheduler(vertx, context, resources.clock()), admission, transport);
        requests = vertx.eventBus().localConsumer(address);
        requests.handler(this::receive);
        return queue.start();
    }

    @Override
    public Future<?> stop() {
        return queue.stop(deleted ? 0 : BATCHES_WAIT_MILLIS).eventually(requests::unregister);
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
