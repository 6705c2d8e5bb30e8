package dev.sluice.api.message;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.api.ContractOracle;
import dev.sluice.fuzz.AllocationBound;
import dev.sluice.queue.Limits;
import dev.sluice.queue.NewMessage;
import java.util.List;

/**
 * Bodies of ack and purge by ref. The decoder agrees with the contract, and its tokens and delays are those that a
 * strict parser reads.
 */
public final class TokenListsFuzz {
    private static final TokenDecoder TOKENS = new TokenDecoder(Limits.DOCUMENTED);

    private TokenListsFuzz() {}

    /** Entry point of the fuzzer. */
    public static void fuzzerTestOneInput(byte[] body) {
        TokenDecoder.AckRequest ack = ContractOracle.agree(
                "MqAck", bytes -> AllocationBound.within(bytes.length, () -> TOKENS.ack(bytes)), body);
        if (ack != null) {
            JsonNode json = ContractOracle.parse(body);
            check(ack.acks(), json.path("acks"), "lease_id");
            check(ack.retries(), json.path("retries"), "lease_id");
            for (int i = 0; i < ack.retries().size(); i++) {
                JsonNode delay = json.path("retries").get(i).path("delay_seconds");
                double expected = delay.isNumber() ? delay.doubleValue() : NewMessage.DELAY_UNSET;
                if (ack.retryDelaysSeconds().get(i) != expected) {
                    throw new AssertionError(delay + " was read as " + ack.retryDelaysSeconds());
                }
            }
        }
        List<String> refs = ContractOracle.agree(
                "MqPurgeMessages", bytes -> AllocationBound.within(bytes.length, () -> TOKENS.refs(bytes)), body);
        if (refs != null) {
            check(refs, ContractOracle.parse(body).path("refs"), "ref");
        }
    }

    private static void check(List<String> read, JsonNode list, String field) {
        boolean same = read.size() == list.size();
        for (int i = 0; same && i < read.size(); i++) {
            same = read.get(i).equals(list.get(i).get(field).textValue());
        }
        if (!same) {
            throw new AssertionError(list + " was read as " + read);
        }
    }
}
