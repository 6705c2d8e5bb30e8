package dev.sluice.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.queue.NewMessage;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BatchResultParserTest {
    @Test
    void messagesWithoutAnEntryAreAcknowledged() {
        assertThat(retries("{}")).isEmpty();
        assertThat(retries("{\"acks\":null,\"retries\":[],\"took_ms\":[{\"x\":1}]}"))
                .isEmpty();
        assertThat(retries("{'acks':['1',{'id':'2'}]}")).isEmpty();
    }

    @Test
    void retriesHaveADelayOrUseThatOfTheConsumer() {
        assertThat(retries("{'retries':[{'id':'1','delay_seconds':0},{'delay_seconds':86400,'id':'2'}]}"))
                .isEqualTo(Map.of(1L, 0, 2L, 86_400));
        assertThat(retries("{'retries':['1',{'id':'2'},{'id':'3','delay_seconds':null,'reason':{}}]}"))
                .isEqualTo(Map.of(1L, NewMessage.DELAY_UNSET, 2L, NewMessage.DELAY_UNSET, 3L, NewMessage.DELAY_UNSET));
    }

    @Test
    void aMessageInBothListsIsRetriedAndTheFirstRetryCounts() {
        assertThat(retries("{'acks':['1'],'retries':[{'id':'1','delay_seconds':5},{'id':'1','delay_seconds':6}]}"))
                .isEqualTo(Map.of(1L, 5));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "hello | is not valid JSON",
                "{'acks':[ | is not valid JSON",
                "{} {} | is not valid JSON",
                "{'acks':[],'acks':[]} | is not valid JSON",
                "[] | is not a JSON object",
                "\"ok\" | is not a JSON object",
                "null | is not a JSON object",
                "{'acks':{}} | has acks that are not an array",
                "{'retries':true} | has retries that are not an array",
                "{'acks':['9']} | names a message in acks that is not in the batch",
                "{'acks':[7]} | names a message in acks that is not in the batch",
                "{'retries':[{}]} | names a message in retries that is not in the batch",
                "{'retries':[{'id':'1','delay_seconds':-1}]} | has a delay_seconds that is not",
                "{'retries':[{'id':'1','delay_seconds':86401}]} | has a delay_seconds that is not",
                "{'retries':[{'id':'1','delay_seconds':1.5}]} | has a delay_seconds that is not",
                "{'retries':[{'id':'1','delay_seconds':'5'}]} | has a delay_seconds that is not",
                "{'retries':[{'id':'1','delay_seconds':99999999999}]} | has a delay_seconds that is not"
            })
    void invalidResponsesAreRejectedCompletely(String response, String reason) {
        assertThatThrownBy(() -> retries(response)).hasMessageStartingWith("its response " + reason);
    }

    @Test
    void deepAndBrokenTextIsRejected() {
        assertThatThrownBy(() -> retries("{\"x\":" + "[".repeat(100_000))).hasMessage("its response is not valid JSON");
        byte[] notUtf8 = {'{', '"', (byte) 0xff, '"', ':', '1', '}'};
        assertThatThrownBy(() ->
                        BatchResultParser.read(notUtf8, SampleBatch.batch().deliveries(), 86_400))
                .hasMessage("its response is not valid JSON");
    }

    /** In {@code response}, single quotes stand for double quotes, and '1' for the id of message 1. */
    private static Map<Long, Integer> retries(String response) {
        String text = response.replaceAll("'([1-9])'", "\"" + "00000000000000ab000000000000000$1" + "\"")
                .replace('\'', '"')
                .replace(":\"00000000000000ab0000000000000005\"}", ":\"5\"}");
        return BatchResultParser.read(
                        text.getBytes(StandardCharsets.UTF_8),
                        SampleBatch.batch().deliveries(),
                        86_400)
                .retries();
    }
}
