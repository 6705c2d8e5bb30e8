package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.RunningServer;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class HealthCommandTest {
    @Test
    void aReadyServerIsHealthyAndAnAbsentOneIsNot() throws Exception {
        int port;
        try (RunningServer server = new RunningServer()) {
            port = server.managementPort();
            assertThat(execute(Map.of(), "--management", "http://127.0.0.1:" + port))
                    .isZero();
            assertThat(execute(Map.of("SLUICE_MANAGEMENT_PORT", "" + port))).isZero();
        }
        assertThat(execute(Map.of("SLUICE_MANAGEMENT_PORT", "" + port))).isEqualTo(1);
    }

    @Test
    void anUnusableUrlIsUnhealthyNotAnotherExitCode() {
        assertThat(execute(Map.of(), "--management", "ftp://127.0.0.1")).isEqualTo(1);
        assertThat(execute(Map.of("SLUICE_MANAGEMENT_PORT", "tcp-8081"))).isEqualTo(1);
    }

    private static int execute(Map<String, String> environment, String... arguments) {
        return new CommandLine(new HealthCommand(environment)).execute(arguments);
    }
}
