package dev.sluice.api.message;

import dev.sluice.api.OperationBinding;
import dev.sluice.api.OperationPlace;
import dev.sluice.config.MessagesConfig;
import dev.sluice.queue.Limits;
import dev.sluice.runtime.bus.QueueClient;
import dev.sluice.runtime.clock.ContinuousClock;
import java.util.List;

/** Creates the operations on messages. */
public final class MessageOperations {
    private MessageOperations() {}

    /**
     * The eight operations on messages for one event loop. They share decoders and buffers and must stay on that event
     * loop.
     *
     * @param tokenKey key of the installation for lease and ref tokens, at least 16 random bytes, the same after a
     *     restart
     * @param clock converts the times of messages for display
     */
    public static List<OperationBinding> forEventLoop(
            QueueClient queues, Limits limits, MessagesConfig format, byte[] tokenKey, ContinuousClock clock) {
        LeaseTokens tokens = new LeaseTokens(tokenKey);
        MessageResponseWriter responses = new MessageResponseWriter(format, tokens, clock);
        MessageDecoder messages = new MessageDecoder(limits, format, new MessageIds());
        PullDecoder pulls = new PullDecoder(limits);
        TokenDecoder decoder = new TokenDecoder(limits);
        return List.of(
                OperationBinding.writing("queues-push-message", new PushMessage(queues, messages, responses)),
                OperationBinding.writing("queues-push-messages", new PushMessages(queues, messages, responses)),
                OperationBinding.writing("queues-pull-messages", new PullMessages(queues, pulls, responses))
                        .at(OperationPlace.QUEUE_READER),
                OperationBinding.writing("queues-ack-messages", new AckMessages(queues, decoder, tokens, responses)),
                OperationBinding.writing("queues-peek-messages", new PeekMessages(queues, pulls, responses))
                        .at(OperationPlace.QUEUE_READER),
                OperationBinding.writing(
                        "queues-purge-messages", new PurgeMessages(queues, decoder, tokens, responses)),
                OperationBinding.writing("queues-preview-messages", new PreviewMessages(queues, pulls, responses))
                        .at(OperationPlace.QUEUE_READER),
                OperationBinding.writing(
                        "queues-ack-preview-messages", new AckPreviewMessages(queues, decoder, tokens, responses)));
    }
}
