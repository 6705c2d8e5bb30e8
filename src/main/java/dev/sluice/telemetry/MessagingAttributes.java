package dev.sluice.telemetry;

import io.opentelemetry.api.common.AttributeKey;

/** Names of attributes: the messaging, HTTP and error conventions of OpenTelemetry, and two of Sluice. */
final class MessagingAttributes {
    static final AttributeKey<String> SYSTEM = AttributeKey.stringKey("messaging.system");
    static final AttributeKey<String> OPERATION_NAME = AttributeKey.stringKey("messaging.operation.name");
    static final AttributeKey<String> OPERATION_TYPE = AttributeKey.stringKey("messaging.operation.type");
    static final AttributeKey<String> DESTINATION_NAME = AttributeKey.stringKey("messaging.destination.name");
    static final AttributeKey<Long> BATCH_MESSAGE_COUNT = AttributeKey.longKey("messaging.batch.message_count");
    static final AttributeKey<String> MESSAGE_ID = AttributeKey.stringKey("messaging.message.id");
    static final AttributeKey<Long> BODY_SIZE = AttributeKey.longKey("messaging.message.body.size");
    static final AttributeKey<Long> STATUS_CODE = AttributeKey.longKey("http.response.status_code");
    static final AttributeKey<String> ERROR_TYPE = AttributeKey.stringKey("error.type");
    static final AttributeKey<String> ACCOUNT_ID = AttributeKey.stringKey("sluice.account.id");
    static final AttributeKey<String> QUEUE_ID = AttributeKey.stringKey("sluice.queue.id");
    static final AttributeKey<Long> COMMIT_BATCHES = AttributeKey.longKey("sluice.commit.batches");

    private MessagingAttributes() {}
}
