package dev.sluice.store;

import dev.sluice.queue.Content;
import dev.sluice.queue.MessageHeader;

/** A whole message as read back: header and content. */
public record StoredMessage(MessageHeader header, Content content) {}
