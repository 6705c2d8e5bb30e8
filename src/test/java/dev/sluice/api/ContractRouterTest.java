package dev.sluice.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.api.http.ConnectionLimit;
import dev.sluice.config.Access;
import dev.sluice.queue.Limits;
import dev.sluice.runtime.metrics.Meters;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The server starts only if contract and handlers match. */
class ContractRouterTest {
    private final Contract contract = ContractResponses.shared().contract();
    private Vertx vertx;

    @BeforeEach
    void open() {
        vertx = Vertx.vertx();
    }

    @AfterEach
    void close() {
        vertx.close().await();
    }

    private List<OperationBinding> handlers() {
        return StubOperation.forAll(contract);
    }

    private static OperationBinding stub(String operationId) {
        return StubOperation.of(operationId, Access.READ, call -> Future.failedFuture("unused"));
    }

    private ApiVerticle verticle(List<OperationBinding> operations) {
        Gateway gateway =
                new Gateway(request -> null, new FakeCatalog(), Limits.DOCUMENTED, EdgeServer.memory(), new Meters());
        return new ApiVerticle(
                HttpConfigs.plain(),
                EdgeServer.STOP_MILLIS,
                contract,
                gateway,
                () -> operations,
                new ConnectionLimit(10),
                new Meters(),
                null);
    }

    @Test
    void startsIfEveryOperationHasItsHandler() {
        ApiVerticle verticle = verticle(handlers());
        vertx.deployVerticle(verticle).await();
        assertThat(verticle.actualPort()).isPositive();
    }

    @Test
    void aMissingHandlerFailsTheStart() {
        List<OperationBinding> handlers = handlers();
        handlers.removeIf(each -> each.operationId().equals("queues-get"));
        assertThatThrownBy(() -> vertx.deployVerticle(verticle(handlers)).await())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("operations without a handler [queues-get]");
    }

    @Test
    void anExtraHandlerFailsTheStart() {
        List<OperationBinding> handlers = handlers();
        handlers.add(stub("queues-dance"));
        assertThatThrownBy(() -> vertx.deployVerticle(verticle(handlers)).await())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("handlers without an operation [queues-dance]");
    }

    @Test
    void twoHandlersForOneOperationFailTheStart() {
        List<OperationBinding> handlers = handlers();
        handlers.add(stub("queues-get"));
        assertThatThrownBy(() -> vertx.deployVerticle(verticle(handlers)).await())
                .hasMessageContaining("two handlers for operation queues-get");
    }

    @Test
    void allInstancesShareOnePort() {
        List<ApiVerticle> verticles = new CopyOnWriteArrayList<>();
        vertx.deployVerticle(
                        () -> {
                            ApiVerticle verticle = verticle(handlers());
                            verticles.add(verticle);
                            return verticle;
                        },
                        new DeploymentOptions().setInstances(3))
                .await();
        Set<Integer> ports = new HashSet<>();
        verticles.forEach(verticle -> ports.add(verticle.actualPort()));
        assertThat(verticles).hasSize(3);
        assertThat(ports).hasSize(1);
    }
}
