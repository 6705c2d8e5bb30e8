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

/** The step that the two ways of purging by ref share: from tokens to deleted messages and warnings (docs/api.md 6.6). */
final class PurgeByRef {
    private final QueueDefinition queue;
    private final String warning;
    private final Map<String, String> warnings = new LinkedHashMap<>();
    private final List<String> authentic = new ArrayList<>();
    private final List<Long> seqs = new ArrayList<>();

    private PurgeByRef(QueueDefinition queue, String warning) {
        this.queue = queue;
        this.warning = warning;
    }

    /**
     * Reads the tokens; a message named twice is taken once.
     *
     * @param warning what to say of one that names no message here
     */
    static PurgeByRef of(QueueDefinition queue, List<String> refs, LeaseTokens tokens, String warning) {
        PurgeByRef purge = new PurgeByRef(queue, warning);
        Set<Long> seen = new HashSet<>();
        for (String ref : refs) {
            LeaseId message = tokens.decode(LeaseTokens.TokenKind.REF, queue.number(), ref);
            if (message == null) {
                purge.warnings.put(ref, warning);
            } else if (seen.add(message.seq())) {
                purge.authentic.add(ref);
                purge.seqs.add(message.seq());
            }
        }
        return purge;
    }

    /** Deletes the messages; answers the warnings by token. */
    Future<Map<String, String>> run(QueueClient queues) {
        if (seqs.isEmpty()) {
            return Future.succeededFuture(warnings);
        }
        return queues.purge(queue, seqs).map(found -> {
            for (int i = 0; i < found.size(); i++) {
                if (!found.get(i)) {
                    warnings.put(authentic.get(i), warning);
                }
            }
            return warnings;
        });
    }
}
