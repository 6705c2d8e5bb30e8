package dev.sluice.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.queue.Content;
import dev.sluice.queue.ContentType;
import dev.sluice.queue.DeadLetterOrigin;
import dev.sluice.queue.DeadLetterReason;
import dev.sluice.queue.MessageHeader;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class StoredOriginTest {
    private static final MessageHeader HEADER = new MessageHeader(7, 1, 1, 2, false);
    private static final byte[] BODY = {'h', 'i'};
    /** A message as every version before origins wrote it. */
    private static final String OLD =
            "00" + "0000000000000001" + "02" + "0000000000000001" + "0000000000000002" + "01" + "00" + "6869";

    private static byte[] written(Content content) {
        RecordBytes bytes = new RecordBytes(8);
        RecordFormat.writeMessage(bytes, HEADER, content);
        assertThat(bytes.length()).isEqualTo(RecordFormat.messageBytes(HEADER, content));
        return bytes.toByteArray();
    }

    @Test
    void aMessageOfAnEarlierVersionHasNoOriginAndIsWrittenAsBefore() {
        byte[] old = HexFormat.of().parseHex(OLD);
        Content content = RecordFormat.readMessage(old, 7).content();
        assertThat(content.deadLetter()).isNull();
        assertThat(content.body()).isEqualTo(BODY);
        assertThat(written(content)).isEqualTo(old);
    }

    @Test
    void theOriginOfADeadLetterIsReadBackAndDamageIsReported() {
        DeadLetterOrigin origin =
                new DeadLetterOrigin(300, "Bestellungen-ä", DeadLetterReason.LEASE_EXPIRED, 1_700_000_000_000L, 4);
        byte[] record = written(new Content(1, 2, ContentType.JSON, 0, BODY, origin, null));
        StoredMessage read = RecordFormat.readMessage(record, 7);
        assertThat(read.content().deadLetter()).isEqualTo(origin);
        assertThat(read.content().contentType()).isEqualTo(ContentType.JSON);
        assertThat(read.content().body()).isEqualTo(BODY);
        assertThat(read.header()).isEqualTo(HEADER);
        assertThatThrownBy(() -> RecordFormat.readMessage(Arrays.copyOf(record, 40), 7))
                .isInstanceOf(StoreCorruptException.class);
    }

    @Test
    void aNameOfAQueueThatIsLongerThanAnyIsDamage() {
        for (int nameBytes : new int[] {1_024, 1_025}) {
            DeadLetterOrigin origin = new DeadLetterOrigin(3, "q".repeat(nameBytes), DeadLetterReason.RETRIED, 1, 1);
            byte[] record = written(new Content(1, 2, ContentType.JSON, 0, BODY).from(origin));
            if (nameBytes == 1_024) {
                assertThat(RecordFormat.readMessage(record, 7).content().deadLetter())
                        .isEqualTo(origin);
            } else {
                assertThatThrownBy(() -> RecordFormat.readMessage(record, 7))
                        .isInstanceOf(StoreCorruptException.class)
                        .hasMessageContaining("1025 bytes");
            }
        }
    }
}
