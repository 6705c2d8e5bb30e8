package dev.sluice.runtime;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Iterator;
import java.util.function.Function;

/**
 * Asynchronous steps, one after the other. A chain of {@code compose} calls needs stack for every step that follows a
 * failure; these need none, so that their number has no bound.
 */
public final class Steps {
    private Steps() {}

    /**
     * Runs the step for each element after the one before has succeeded. Fails with the first failure; the elements after
     * it are left out. Runs on the thread on which a step completes.
     */
    public static <T> Future<Void> inSequence(Iterable<T> elements, Function<T, Future<Void>> step) {
        Promise<Void> done = Promise.promise();
        run(elements.iterator(), step, done);
        return done.future();
    }

    private static <T> void run(Iterator<T> rest, Function<T, Future<Void>> step, Promise<Void> done) {
        while (rest.hasNext()) {
            Future<Void> current = attempt(step, rest.next());
            if (!current.isComplete()) {
                current.onSuccess(before -> run(rest, step, done)).onFailure(done::fail);
                return;
            }
            if (current.failed()) {
                done.fail(current.cause());
                return;
            }
        }
        done.complete();
    }

    /** As with {@code compose}, a step that throws has failed. */
    private static <T> Future<Void> attempt(Function<T, Future<Void>> step, T element) {
        try {
            return step.apply(element);
        } catch (RuntimeException failure) {
            return Future.failedFuture(failure);
        }
    }
}
