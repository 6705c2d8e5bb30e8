package dev.sluice.api;

import dev.sluice.queue.QueueError;
import dev.sluice.queue.QueueException;
import io.vertx.core.json.JsonObject;
import io.vertx.json.schema.OutputUnit;
import io.vertx.json.schema.Validator;
import java.util.List;

/** Checks the types in a request body of the control plane against its schema, which is compiled once at start. */
public final class TypeValidator {
    private static final String ROOT = "#";

    private final Validator validator;

    TypeValidator(Validator validator) {
        this.validator = validator;
    }

    /**
     * Checks a request body.
     *
     * @throws QueueException REQUEST_INVALID, naming the first field whose type is wrong
     */
    public void check(JsonObject body) {
        OutputUnit result = validator.validate(body);
        if (!result.getValid()) {
            throw new QueueException(QueueError.REQUEST_INVALID, describe(result.getErrors()));
        }
    }

    /** Describes the error at the deepest location, which is the most specific one. */
    private static String describe(List<OutputUnit> errors) {
        OutputUnit deepest = errors.get(0);
        for (OutputUnit error : errors) {
            if (error.getInstanceLocation().length()
                            > deepest.getInstanceLocation().length()
                    || isTypeError(error) && !isTypeError(deepest) && sameLocation(error, deepest)) {
                deepest = error;
            }
        }
        return fieldOf(deepest.getInstanceLocation()) + " is of the wrong type: " + deepest.getError() + ".";
    }

    private static boolean sameLocation(OutputUnit one, OutputUnit other) {
        return one.getInstanceLocation().equals(other.getInstanceLocation());
    }

    private static boolean isTypeError(OutputUnit error) {
        return error.getKeywordLocation().endsWith("/type");
    }

    /**
     * Converts a JSON pointer to the notation of clients: {@code #/settings/batch_size} is {@code settings.batch_size}.
     */
    private static String fieldOf(String pointer) {
        if (pointer.equals(ROOT)) {
            return "Request body";
        }
        return pointer.substring(ROOT.length() + 1).replace('/', '.');
    }
}
