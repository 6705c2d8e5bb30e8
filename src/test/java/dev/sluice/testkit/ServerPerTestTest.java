package dev.sluice.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.extension.RegisterExtension;

class ServerPerTestTest {
    private static final Set<SluiceServer> SERVERS = new HashSet<>();

    @RegisterExtension
    final SluiceExtension sluice = SluiceExtension.withQueues("orders");

    @RepeatedTest(2)
    void anInstanceFieldStartsAServerForEveryTest() {
        SERVERS.add(sluice.server());
        sluice.queue("orders").push("left behind");
        assertThat(sluice.drain("orders")).hasSize(1);
    }

    @AfterAll
    static void theServersAreDifferentAndStopped() {
        assertThat(SERVERS).hasSize(2);
        for (SluiceServer server : SERVERS) {
            assertThatThrownBy(() -> server.drain("orders")).hasMessageStartingWith("no response from ");
        }
    }
}
