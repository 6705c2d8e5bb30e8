package dev.sluice.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.openapi.contract.OpenAPIContract;
import io.vertx.openapi.contract.Operation;
import io.vertx.openapi.contract.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The contracts beside that of Cloudflare say what their routers serve. */
class ContractDocumentsTest {
    private record Document(String name, String basePath, List<Route> routes) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Document> documents() {
        return Stream.of(
                new Document("binding", BindingRoutes.BASE_PATH, BindingRoutes.ALL),
                new Document("development", DevelopmentRoutes.BASE_PATH, DevelopmentRoutes.ALL),
                new Document("extensions", DevelopmentRoutes.BASE_PATH, ExtensionRoutes.ALL));
    }

    /** Loads the document the public way, which validates it against the OpenAPI specification. */
    @ParameterizedTest
    @MethodSource("documents")
    void aDocumentIsValidAndHasTheRoutesOfTheRouter(Document document) {
        Vertx vertx = Vertx.vertx();
        try {
            OpenAPIContract contract = OpenAPIContract.from(vertx, "openapi/" + document.name() + ".yaml")
                    .await();
            assertThat(contract.getServers().get(0).getBasePath()).isEqualTo(document.basePath());
            List<Route> routes = new ArrayList<>();
            for (Path path : contract.getPaths()) {
                // The paths of the queue binding name no queue; it is in a header.
                Route.RouteScope scope = document.name().equals("binding")
                        ? Route.RouteScope.MESSAGES
                        : Route.RouteScope.of(path.getName());
                for (Operation operation : path.getOperations()) {
                    routes.add(new Route(operation.getOperationId(), operation.getHttpMethod(), path.getName(), scope));
                }
            }
            assertThat(routes).containsExactlyInAnyOrderElementsOf(document.routes());
        } finally {
            vertx.close().await();
        }
    }
}
