package dev.sluice.api.error;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.queue.QueueError;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ErrorTableTest {
    @Test
    void everyErrorHasARow() {
        for (QueueError error : QueueError.values()) {
            assertThat(ErrorTable.of(error).status()).as(error.name()).isBetween(400, 599);
            assertThat(ErrorTable.of(error).code()).as(error.name()).isPositive();
        }
        for (EdgeError error : EdgeError.values()) {
            assertThat(ErrorTable.of(error).status()).as(error.name()).isBetween(400, 499);
            assertThat(ErrorTable.of(error).code()).as(error.name()).isPositive();
        }
    }

    @Test
    void everyCodeOfTheSpecificationBelongsToAnErrorWithThatStatus() throws Exception {
        String section = Files.readString(Path.of("docs/api.md"))
                .replaceAll("(?s).*### 10\\.2 ", "")
                .replaceAll("(?s)\n## 11.*", "");
        Pattern row = Pattern.compile("(?m)^\\|[^|]*\\| ([0-9; ]+) \\| ([0-9; ]+) \\|$");
        assertThat(row.matcher(section).results()).hasSizeGreaterThan(15).allSatisfy(match -> {
            String[] statuses = match.group(1).trim().split("; ");
            String[] codes = match.group(2).trim().split("; ");
            for (int i = 0; i < codes.length; i++) {
                int status = Integer.parseInt(statuses[Math.min(i, statuses.length - 1)]);
                assertThat(isInTable(new ErrorStatus(Integer.parseInt(codes[i]), status)))
                        .as(match.group())
                        .isTrue();
            }
        });
    }

    private static boolean isInTable(ErrorStatus row) {
        for (QueueError error : QueueError.values()) {
            if (ErrorTable.of(error).equals(row)) {
                return true;
            }
        }
        for (EdgeError error : EdgeError.values()) {
            if (ErrorTable.of(error).equals(row)) {
                return true;
            }
        }
        return false;
    }
}
