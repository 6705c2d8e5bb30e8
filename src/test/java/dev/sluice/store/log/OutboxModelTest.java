package dev.sluice.store.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.store.log.OutboxModel.Bounds;
import dev.sluice.store.log.OutboxModel.Mutation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Searches all histories of two dead letters that move to a queue of another owner. */
class OutboxModelTest {
    private static final Bounds BOUNDS = new Bounds(3, 2, 1);

    @Test
    void noDeadLetterIsLostOrDoubled() {
        ModelSearch.Result result = ModelSearch.run(new OutboxModel(Mutation.NONE, BOUNDS));
        assertThat(result.violation()).isEmpty();
        assertThat(result.states()).isGreaterThan(1_000);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void eachRuleThatIsLeftOutIsFound(Mutation mutation) {
        ModelSearch.Result result = ModelSearch.run(new OutboxModel(mutation, BOUNDS));
        assertThat(result.violation()).isPresent();
    }
}
