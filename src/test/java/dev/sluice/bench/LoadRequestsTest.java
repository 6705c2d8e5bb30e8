package dev.sluice.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.bench.LoadPlan.Mode;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;

class LoadRequestsTest {
    @Test
    void bodiesHaveTheRequestedSize() {
        JsonObject single = requests(300, 1).pushBody().toJsonObject();
        JsonObject batch = requests(0, 3).pushBody().toJsonObject();

        assertThat(single.getString("body")).hasSize(300);
        assertThat(single.getString("content_type")).isEqualTo("text");
        assertThat(batch.getJsonArray("messages")).hasSize(3);
        assertThat(batch.getJsonArray("messages").getJsonObject(2).getString("body"))
                .isEmpty();
    }

    @Test
    void batchesHaveTheirOwnPath() {
        assertThat(requests(1, 1).options(LoadStep.PUSH).getURI()).isEqualTo("/q/messages");
        assertThat(requests(1, 2).options(LoadStep.PUSH).getURI()).isEqualTo("/q/messages/batch");
        assertThat(requests(1, 2).options(LoadStep.ACK).getURI()).isEqualTo("/q/messages/ack");
    }

    @Test
    void leasesOfAResponseAreFoundAndAcknowledged() {
        Buffer response =
                Buffer.buffer("{\"result\":{\"messages\":[{\"body\":\"\\\"lease_id\\\":\",\"lease_id\":\"lse1.a\"},"
                        + "{\"lease_id\":\"lse1.b\"}]}}");

        List<String> leases = LoadRequests.leases(response);

        assertThat(leases).containsExactly("lse1.a", "lse1.b");
        assertThat(LoadRequests.ackBody(leases).toString())
                .isEqualTo("{\"acks\":[{\"lease_id\":\"lse1.a\"},{\"lease_id\":\"lse1.b\"}]}");
        assertThat(LoadRequests.leases(Buffer.buffer("{\"messages\":[]}"))).isEmpty();
    }

    private static LoadRequests requests(int bodyBytes, int batch) {
        LoadPlan.LoadShape shape = new LoadPlan.LoadShape(Mode.PUSH, bodyBytes, batch);
        URI base = URI.create("http://127.0.0.1/client/v4");
        return new LoadRequests(new LoadPlan(base, "t", "a", "q", shape, 1, 1, 0, 0, 0, false, false), "/q/messages");
    }
}
