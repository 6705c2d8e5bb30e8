package dev.sluice.store.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.store.log.SnapshotModel.Bounds;
import dev.sluice.store.log.SnapshotModel.Mutation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Searches all histories of three writers of snapshots within some bounds. */
class SnapshotModelTest {
    private static final Bounds BOUNDS = new Bounds(3, 2);

    @Test
    void theShardCanAlwaysBeLoaded() {
        ModelSearch.Result result = ModelSearch.run(new SnapshotModel(Mutation.NONE, BOUNDS));
        assertThat(result.violation()).isEmpty();
        assertThat(result.states()).isGreaterThan(5_000);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void eachRuleThatIsLeftOutIsFound(Mutation mutation) {
        ModelSearch.Result result = ModelSearch.run(new SnapshotModel(mutation, BOUNDS));
        assertThat(result.violation()).isPresent();
    }
}
