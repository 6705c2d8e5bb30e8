package dev.sluice.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class StepsTest {
    private static final int MANY = 100_000;

    @Test
    void aStepBeginsAfterTheOneBeforeHasSucceeded() {
        List<String> begun = new ArrayList<>();
        Promise<Void> first = Promise.promise();
        Promise<Void> second = Promise.promise();

        Future<Void> done = Steps.inSequence(List.of("a", "b", "c"), name -> {
            begun.add(name);
            return name.equals("a") ? first.future() : second.future();
        });

        assertThat(begun).containsExactly("a");
        first.complete();
        assertThat(begun).containsExactly("a", "b");
        assertThat(done.isComplete()).isFalse();
        second.complete();
        assertThat(begun).containsExactly("a", "b", "c");
        assertThat(done.succeeded()).isTrue();
    }

    @Test
    void theFirstFailureEndsTheSequenceHoweverManyStepsFollow() {
        List<Integer> begun = new ArrayList<>();
        Promise<Void> first = Promise.promise();

        Future<Void> done = Steps.inSequence(Collections.nCopies(MANY, 1), each -> {
            begun.add(each);
            return first.future();
        });
        first.fail("refused");

        assertThat(begun).hasSize(1);
        assertThat(done.cause()).hasMessage("refused");
    }

    @Test
    void manyStepsThatAreCompleteAtOnceNeedNoStack() {
        assertThat(Steps.inSequence(Collections.nCopies(MANY, 1), each -> Future.<Void>succeededFuture())
                        .succeeded())
                .isTrue();
    }

    @Test
    void aStepThatThrowsHasFailed() {
        Future<Void> done = Steps.inSequence(List.of(1), each -> {
            throw new IllegalStateException("refused");
        });

        assertThat(done.cause()).hasMessage("refused");
    }
}
