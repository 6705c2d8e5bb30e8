package dev.sluice.api.message;

import dev.sluice.api.Operation;
import dev.sluice.queue.Limits;
import dev.sluice.runtime.bus.QueueClient;
import dev.sluice.runtime.clock.ContinuousClock;
import java.util.List;

/** Puts the operations on messages together. */
public final class MessageOperations {
    private MessageOperations() {}

    /**
     * The eight operations on messages for one event loop; they share decoders and buffers and must stay on that loop.
     *
     * @param tokenKey key of the installation for lease and ref tokens, at least 16 random bytes, the same after a restart
     * @param clock what shows the times of messages
     */
    public static List<Operation> forEventLoop(
            QueueClient queues, Limits limits, MessagesFormat format, byte[] tokenKey, ContinuousClock clock) {
        LeaseTokens tokens = new LeaseTokens(tokenKey);
        MessageResponseWriter answers = new MessageResponseWriter(format, tokens, clock);
        MessageDecoder messages = new MessageDecoder(limits, format, new MessageIds());
        PullDecoder pulls = new PullDecoder(limits);
        TokenDecoder decoder = new TokenDecoder(limits);
        return List.of(
                new PushMessage(queues, messages, answers),
                new PushMessages(queues, messages, answers),
                new PullMessages(queues, pulls, answers),
                new AckMessages(queues, decoder, tokens, answers),
                new PeekMessages(queues, pulls, answers),
                new PurgeMessages(queues, decoder, tokens, answers),
                new PreviewMessages(queues, pulls, answers),
                new AckPreviewMessages(queues, decoder, tokens, answers));
    }
}
