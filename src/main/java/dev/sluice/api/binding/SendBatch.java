package dev.sluice.api.binding;

import dev.sluice.api.OperationCall;
import dev.sluice.queue.NewMessage;
import dev.sluice.runtime.bus.QueueClient;
import java.util.List;

/** Stores a batch of messages, all or none. The request body is JSON with a base64 body per message. */
public final class SendBatch extends SendOperation {
    private final BindingDecoder decoder;

    SendBatch(QueueClient queues, BindingDecoder decoder, BindingResponseWriter responses) {
        super(queues, responses);
        this.decoder = decoder;
    }

    @Override
    List<NewMessage> decode(OperationCall call) {
        return decoder.batch(call.body().getBytes(), call.headers().get(BindingDecoder.DELAY));
    }
}
