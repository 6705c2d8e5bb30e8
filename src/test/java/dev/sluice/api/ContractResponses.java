package dev.sluice.api;

import io.vertx.core.Vertx;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import io.vertx.json.schema.OutputUnit;
import io.vertx.json.schema.Validator;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** Validates responses against the contract. Any test may use it; validators are compiled once per process. */
public final class ContractResponses {
    private static final String FAILURE = "Failure";
    private static final ContractResponses SHARED = load();

    private final Contract contract;
    private final Map<String, Validator> validators = new ConcurrentHashMap<>();

    private ContractResponses(Contract contract) {
        this.contract = contract;
    }

    /** The instance of this process. */
    public static ContractResponses shared() {
        return SHARED;
    }

    /** The contract that it validates against. */
    public Contract contract() {
        return contract;
    }

    /** Validates the response to a request. Fails with an {@link AssertionError} that describes the difference. */
    public <T> HttpResponse<T> check(HttpResponse<T> response) {
        String contentType = response.headers().firstValue("content-type").orElse("none");
        if (!contentType.equals("application/json")) {
            throw new AssertionError("content type " + contentType + " of " + response);
        }
        if (response.request().method().equals("HEAD")) {
            return response;
        }
        check(response.request().method(), response.uri(), response.statusCode(), text(response.body()));
        return response;
    }

    /**
     * Validates the response to a method and URL. For an operation that is not in the contract it must be a failure.
     */
    public void check(String method, URI uri, int status, String body) {
        String path = uri.getPath().replaceAll("/+", "/");
        String operationId = path.startsWith(contract.basePath())
                ? operationOf(method, path.substring(contract.basePath().length()))
                : null;
        if (operationId == null) {
            check(FAILURE, method + " " + path, status, body);
        } else {
            check(operationId, status, body);
        }
    }

    /** Validates a response of an operation. */
    public void check(String operationId, int status, String body) {
        check(schemaOf(operationId, status), operationId, status, body);
    }

    /** Validates any value against a schema of the contract. Returns the problems, empty if it is valid. */
    public List<String> problems(String schema, Object value) {
        OutputUnit result = validators.computeIfAbsent(schema, contract::schema).validate(value);
        return result.getValid() ? List.of() : describe(result);
    }

    private void check(String schema, String operation, int status, String body) {
        List<String> problems = problems(schema, Json.decodeValue(body));
        if (!problems.isEmpty()) {
            throw new AssertionError("response " + status + " of " + operation + " is not valid according to " + schema
                    + ": " + problems + "\n" + body);
        }
        boolean success = ((JsonObject) Json.decodeValue(body)).getBoolean("success");
        if (success != (status == 200)) {
            throw new AssertionError("status " + status + " of " + operation + " with success " + success);
        }
    }

    private String operationOf(String method, String path) {
        String given = path.split("\\?")[0];
        for (Route route : contract.routes()) {
            String pattern = route.template().replaceAll("\\{[^}]+}", "[^/]+");
            if (route.method().name().equals(method) && given.matches(pattern)) {
                return route.operationId();
            }
        }
        return null;
    }

    /** The name of the schema of a response. All responses of the contract are references to named schemas. */
    String schemaOf(String operationId, int status) {
        JsonObject responses = operation(operationId).getJsonObject("responses");
        JsonObject response =
                resolve(responses.getJsonObject(Integer.toString(status), responses.getJsonObject("default")));
        String reference = response.getJsonObject("content")
                .getJsonObject("application/json")
                .getJsonObject("schema")
                .getString("$ref");
        return reference.substring(reference.lastIndexOf('/') + 1);
    }

    JsonObject operation(String operationId) {
        for (Map.Entry<String, Object> path : contract.document().getJsonObject("paths")) {
            for (Map.Entry<String, Object> method : (JsonObject) path.getValue()) {
                if (method.getValue() instanceof JsonObject
                        && operationId.equals(((JsonObject) method.getValue()).getString("operationId"))) {
                    return (JsonObject) method.getValue();
                }
            }
        }
        throw new AssertionError("no operation " + operationId);
    }

    JsonObject resolve(JsonObject object) {
        String reference = object.getString("$ref");
        if (reference == null) {
            return object;
        }
        JsonObject target = contract.document();
        for (String name : reference.substring(2).split("/")) {
            target = target.getJsonObject(name);
        }
        return target;
    }

    private static List<String> describe(OutputUnit result) {
        return result.getErrors().stream()
                .map(error -> error.getInstanceLocation() + " " + error.getError())
                .collect(Collectors.toList());
    }

    private static String text(Object body) {
        return body instanceof byte[] bytes
                ? new String(bytes, java.nio.charset.StandardCharsets.UTF_8)
                : String.valueOf(body);
    }

    private static ContractResponses load() {
        Vertx vertx = Vertx.vertx();
        try {
            return new ContractResponses(Contract.load(vertx).await());
        } finally {
            vertx.close().await();
        }
    }
}
