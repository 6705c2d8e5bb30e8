package dev.sluice.store.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.store.log.CatalogModel.Mutation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Searches all histories of one queue in a catalog that two nodes follow. */
class CatalogModelTest {
    @Test
    void aQueueIsFoundOnceItsCreationIsAnsweredAndTakesNothingAfterItsDeletionIs() {
        ModelSearch.Result result = ModelSearch.run(new CatalogModel(Mutation.NONE));
        assertThat(result.violation()).isEmpty();
        assertThat(result.states()).isGreaterThan(1_000);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void eachRuleThatIsLeftOutIsFound(Mutation mutation) {
        ModelSearch.Result result = ModelSearch.run(new CatalogModel(mutation));
        assertThat(result.violation()).isPresent();
    }
}
