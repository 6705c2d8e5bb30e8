package dev.sluice.api.extension;

import dev.sluice.api.Operation;
import dev.sluice.api.OperationCall;
import dev.sluice.api.http.Response;
import dev.sluice.queue.MessageState;
import dev.sluice.queue.QueueError;
import dev.sluice.queue.QueueException;
import dev.sluice.runtime.QueueBrowser;
import io.vertx.core.Future;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Shows the messages of a queue page by page, without leasing them and without activating the queue. */
public final class BrowseMessages implements Operation {
    private static final int LIMIT_DEFAULT = 20;
    private static final int LIMIT_MAX = 100;

    private final QueueBrowser browser;
    private final BrowsedPageWriter responses;

    BrowseMessages(QueueBrowser browser, BrowsedPageWriter responses) {
        this.browser = browser;
        this.responses = responses;
    }

    @Override
    public boolean respondsWithMessages() {
        return true;
    }

    @Override
    public Future<Response> handle(OperationCall call) {
        Set<MessageState> states = states(call.query().getAll("state"));
        long fromSeq = number(call.query().get("cursor"), "cursor", 1, Long.MAX_VALUE);
        int limit = (int) number(call.query().get("limit"), "limit", LIMIT_DEFAULT, LIMIT_MAX);
        return browser.browse(call.queue(), states, fromSeq, limit).map(page -> {
            try {
                return new Response(responses.write(call.queue().number(), page));
            } finally {
                page.reservation().close();
            }
        });
    }

    private static Set<MessageState> states(List<String> names) {
        Set<MessageState> states = EnumSet.noneOf(MessageState.class);
        for (String name : names) {
            states.add(state(name));
        }
        return states.isEmpty() ? EnumSet.allOf(MessageState.class) : states;
    }

    private static MessageState state(String name) {
        for (MessageState state : MessageState.values()) {
            if (state.name().toLowerCase(Locale.ROOT).equals(name)) {
                return state;
            }
        }
        throw new QueueException(QueueError.REQUEST_INVALID, "state must be ready, delayed or leased.");
    }

    private static long number(@Nullable String text, String name, long otherwise, long max) {
        if (text == null || text.isEmpty()) {
            return otherwise;
        }
        try {
            long value = Long.parseLong(text);
            if (value >= 1 && value <= max) {
                return value;
            }
        } catch (NumberFormatException invalid) {
            // Refused below.
        }
        throw new QueueException(
                QueueError.REQUEST_INVALID,
                name.equals("cursor")
                        ? "cursor must be the next_cursor of a page before."
                        : "limit must be an integer from 1 to " + max + ".");
    }
}
