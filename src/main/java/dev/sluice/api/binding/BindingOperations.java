package dev.sluice.api.binding;

import dev.sluice.api.OperationBinding;
import dev.sluice.api.OperationPlace;
import dev.sluice.api.message.MessageIds;
import dev.sluice.queue.Limits;
import dev.sluice.runtime.bus.QueueClient;
import dev.sluice.runtime.clock.ContinuousClock;
import java.util.List;

/** Creates the operations of the queue binding. */
public final class BindingOperations {
    private BindingOperations() {}

    /**
     * The three operations for one event loop. They share decoder and buffer and must stay on that event loop.
     *
     * @param clock converts the times of messages for display
     */
    public static List<OperationBinding> forEventLoop(QueueClient queues, Limits limits, ContinuousClock clock) {
        BindingDecoder decoder = new BindingDecoder(limits, new MessageIds());
        BindingResponseWriter responses = new BindingResponseWriter(clock);
        return List.of(
                OperationBinding.writing("binding-send", new SendMessage(queues, decoder, responses)),
                OperationBinding.writing("binding-send-batch", new SendBatch(queues, decoder, responses)),
                OperationBinding.reading("binding-metrics", new BindingMetrics(queues, responses))
                        .at(OperationPlace.QUEUE_READER));
    }
}
