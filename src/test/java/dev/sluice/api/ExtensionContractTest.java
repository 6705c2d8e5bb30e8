package dev.sluice.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.openapi.contract.OpenAPIContract;
import io.vertx.openapi.contract.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExtensionContractTest {
    /** Loads the document the public way, which validates it against the OpenAPI specification. */
    @Test
    void theDocumentIsValidAndHasTheRoutesOfTheRouter() {
        Vertx vertx = Vertx.vertx();
        try {
            OpenAPIContract contract =
                    OpenAPIContract.from(vertx, "openapi/extensions.yaml").await();
            assertThat(contract.getServers().get(0).getBasePath()).isEqualTo(DevelopmentRoutes.BASE_PATH);
            List<Route> routes = new ArrayList<>();
            for (Path path : contract.getPaths()) {
                path.getOperations()
                        .forEach(operation -> routes.add(new Route(
                                operation.getOperationId(),
                                operation.getHttpMethod(),
                                path.getName(),
                                Route.RouteScope.of(path.getName()))));
            }
            assertThat(routes).containsExactlyInAnyOrderElementsOf(ExtensionRoutes.ALL);
        } finally {
            vertx.close().await();
        }
    }
}
