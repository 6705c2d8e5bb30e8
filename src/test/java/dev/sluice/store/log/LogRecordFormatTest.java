package dev.sluice.store.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.TestSeed;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.UUID;
import java.util.zip.CRC32C;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LogRecordFormatTest {
    private static final UUID OWNER = new UUID(0x0123456789abcdefL, 0x1032547698badcfeL);
    private static final LogRecord GROUP = LogRecord.group(7, 2, OWNER, new byte[] {1, 2, 3});

    @Test
    void theHeaderKeepsItsLayout() {
        String stored = "514c" + "01" + "02" + "0000000000000007" + "0000000000000002" + "0123456789abcdef"
                + "1032547698badcfe" + "da722605" + "010203";
        assertThat(HexFormat.of().formatHex(LogRecordFormat.encode(GROUP))).isEqualTo(stored);
    }

    @Property(seed = TestSeed.PROPERTIES, tries = 200)
    void everyRecordIsReadAsItWasWritten(
            @ForAll LogRecord.Kind kind,
            @ForAll long epoch,
            @ForAll long index,
            @ForAll long owner,
            @ForAll byte[] payload) {
        LogRecord record = new LogRecord(kind, epoch >>> 1 | 1, index >>> 1, new UUID(owner, ~owner), payload);
        assertThat(LogRecordFormat.decode(LogRecordFormat.encode(record), 0)).contains(record);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 11, 19, 30, 37, 42})
    void aChangedByteStopsTheReader(int at) {
        byte[] bytes = LogRecordFormat.encode(GROUP);
        bytes[at] ^= 4;
        assertThatThrownBy(() -> LogRecordFormat.decode(bytes, 12))
                .isInstanceOf(UnreadableLogException.class)
                .hasMessageContaining("offset 12")
                .hasMessageContaining("checksum");
    }

    @Test
    void aNewerVersionStopsTheReaderAndNamesItsOffset() {
        byte[] newer = withVersion((byte) (LogRecordFormat.VERSION + 1));
        assertThatThrownBy(() -> LogRecordFormat.decode(newer, 99))
                .isInstanceOfSatisfying(UnreadableLogException.class, e -> assertThat(e.offset())
                        .isEqualTo(99))
                .hasMessageContaining("version 2")
                .hasMessageContaining("upgrade");
    }

    @Test
    void aCutRecordStopsTheReader() {
        byte[] cut = new byte[10];
        System.arraycopy(LogRecordFormat.encode(GROUP), 0, cut, 0, cut.length);
        assertThatThrownBy(() -> LogRecordFormat.decode(cut, 5)).hasMessageContaining("fewer than a header");
    }

    @Test
    void whatAnotherProgramWroteIsVoid() {
        assertThat(LogRecordFormat.decode(null, 0)).isEmpty();
        assertThat(LogRecordFormat.decode(new byte[] {0x51}, 0)).isEmpty();
        assertThat(LogRecordFormat.decode("{\"hello\":1}".getBytes(StandardCharsets.UTF_8), 0))
                .isEmpty();
    }

    /** A record of another version, with the right checksum. */
    private static byte[] withVersion(byte version) {
        byte[] bytes = LogRecordFormat.encode(GROUP);
        bytes[2] = version;
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, 36);
        crc.update(bytes, 40, bytes.length - 40);
        ByteBuffer.wrap(bytes).putInt(36, (int) crc.getValue());
        return bytes;
    }
}
