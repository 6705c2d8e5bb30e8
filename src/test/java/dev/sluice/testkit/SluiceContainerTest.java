package dev.sluice.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cli.Main;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.testcontainers.utility.DockerImageName;
import picocli.CommandLine;

/** What can be checked without a container engine: the command in the container is one that this version understands. */
class SluiceContainerTest {
    @Test
    void itRunsTheDevelopmentServerWithItsQueuesAndATokenOfItsOwn() {
        SluiceContainer container =
                new SluiceContainer(DockerImageName.parse("sluice:0.1.0")).withQueues("orders", "mails");
        container.configure();
        String[] command = container.getCommandParts();

        CommandLine.ParseResult dev =
                Main.commandLine(command).parseArgs(command).subcommand();
        assertThat(dev.commandSpec().name()).isEqualTo("dev");
        assertThat(dev.matchedOptionValue("--queue", List.<Object>of())).hasToString("[orders, mails]");
        assertThat(dev.matchedOptionValue("--host", "")).isEqualTo("0.0.0.0");
        assertThat(dev.matchedOptionValue("--token", ""))
                .isEqualTo(container.token())
                .isNotEqualTo(SluiceServer.TOKEN);
        assertThat(dev.hasMatchedOption("--json")).isTrue();
        assertThat(container.getExposedPorts()).containsExactly(SluiceContainer.PORT);
        assertThat(new SluiceContainer(DockerImageName.parse("sluice:0.1.0")).token())
                .isNotEqualTo(container.token());
    }
}
