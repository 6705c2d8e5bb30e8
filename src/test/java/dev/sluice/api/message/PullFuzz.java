package dev.sluice.api.message;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.api.ContractOracle;
import dev.sluice.fuzz.AllocationBound;
import dev.sluice.queue.Limits;
import dev.sluice.queue.Pull;

/**
 * Bodies of pull and peek. The decoder agrees with the contract, and its numbers are those that a strict parser reads.
 */
public final class PullFuzz {
    private static final PullDecoder PULLS = new PullDecoder(Limits.DOCUMENTED);

    private PullFuzz() {}

    /** Entry point of the fuzzer. */
    public static void fuzzerTestOneInput(byte[] body) {
        if (body.length == 0) {
            return;
        }
        PullDecoder.PullRequest pull = ContractOracle.agree(
                "MqPull", bytes -> AllocationBound.within(bytes.length, () -> PULLS.pull(bytes)), body);
        if (pull != null) {
            JsonNode json = ContractOracle.parse(body);
            JsonNode timeout = json.path("visibility_timeout_ms");
            boolean newer = timeout.isNumber();
            check(pull.batchSize(), json.path("batch_size"));
            check(pull.visibilityTimeoutMillis(), newer ? timeout : json.path("visibility_timeout"));
        }
        Integer peek = ContractOracle.agree(
                "MqPeek", bytes -> AllocationBound.within(bytes.length, () -> PULLS.peek(bytes)), body);
        if (peek != null) {
            check(peek, ContractOracle.parse(body).path("batch_size"));
        }
    }

    private static void check(int read, JsonNode json) {
        double expected = json.isNumber() ? json.doubleValue() : Pull.FROM_CONSUMER;
        if (read != expected) {
            throw new AssertionError(json + " was read as " + read);
        }
    }
}
