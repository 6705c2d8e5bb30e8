package dev.sluice.store;

import dev.sluice.queue.Content;
import dev.sluice.queue.MessageHeader;

/** A message as read from the store: header and content. */
public record StoredMessage(MessageHeader header, Content content) {}
