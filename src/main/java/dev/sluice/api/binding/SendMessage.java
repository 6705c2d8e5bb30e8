package dev.sluice.api.binding;

import dev.sluice.api.OperationCall;
import dev.sluice.queue.NewMessage;
import dev.sluice.runtime.bus.QueueClient;
import java.util.List;

/** Stores one message. The request body is the message body as it is; type and delay are in headers. */
public final class SendMessage extends SendOperation {
    private final BindingDecoder decoder;

    SendMessage(QueueClient queues, BindingDecoder decoder, BindingResponseWriter responses) {
        super(queues, responses);
        this.decoder = decoder;
    }

    @Override
    List<NewMessage> decode(OperationCall call) {
        return List.of(decoder.single(
                call.body().getBytes(),
                call.headers().get(BindingDecoder.FORMAT),
                call.headers().get(BindingDecoder.DELAY)));
    }
}
