package dev.sluice.api.message;

import dev.sluice.queue.LeaseId;
import dev.sluice.queue.QueueDefinition;
import dev.sluice.runtime.bus.QueueClient;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The step that both operations to purge by ref share: verify the tokens, delete the messages, collect the warnings
 * (docs/api.md 6.6).
 */
final class PurgeByRef {
    private final QueueDefinition queue;
    private final String warning;
    private final Map<String, String> warnings = new LinkedHashMap<>();
    private final List<String> validRefs = new ArrayList<>();
    private final List<Long> seqs = new ArrayList<>();

    private PurgeByRef(QueueDefinition queue, String warning) {
        this.queue = queue;
        this.warning = warning;
    }

    /**
     * Verifies the tokens. A message that is named twice is deleted once.
     *
     * @param warning the warning for a token that identifies no message of this queue
     */
    static PurgeByRef of(QueueDefinition queue, List<String> refs, LeaseTokens tokens, String warning) {
        PurgeByRef purge = new PurgeByRef(queue, warning);
        Set<Long> seen = new HashSet<>();
        for (String ref : refs) {
            LeaseId message = tokens.decode(LeaseTokens.TokenKind.REF, queue.number(), ref);
            if (message == null) {
                purge.warnings.put(ref, warning);
            } else if (seen.add(message.seq())) {
                purge.validRefs.add(ref);
                purge.seqs.add(message.seq());
            }
        }
        return purge;
    }

    /** Deletes the messages. Returns the warnings by token. */
    Future<Map<String, String>> run(QueueClient queues) {
        if (seqs.isEmpty()) {
            return Future.succeededFuture(warnings);
        }
        return queues.purge(queue, seqs).map(found -> {
            for (int i = 0; i < found.size(); i++) {
                if (!found.get(i)) {
                    warnings.put(validRefs.get(i), warning);
                }
            }
            return warnings;
        });
    }
}
