package dev.sluice.store.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.store.log.OwnershipModel.Bounds;
import dev.sluice.store.log.OwnershipModel.Mutation;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Searches all histories of two nodes and one shard log within some bounds. */
class OwnershipModelTest {
    private static final Bounds ONE_EPOCH = new Bounds(1, 4, 3, 1, false);
    private static final Bounds TWO_EPOCHS = new Bounds(2, 3, 2, 0, false);
    private static final Bounds TWO_EPOCHS_AND_A_DUPLICATE = new Bounds(2, 2, 2, 1, false);
    private static final Bounds THREE_CLAIMS = new Bounds(3, 2, 1, 0, false);
    private static final Bounds TWO_VERSIONS = new Bounds(3, 2, 1, 0, true);

    static List<Bounds> bounds() {
        return List.of(ONE_EPOCH, TWO_EPOCHS, TWO_EPOCHS_AND_A_DUPLICATE, THREE_CLAIMS, TWO_VERSIONS);
    }

    @ParameterizedTest
    @MethodSource("bounds")
    void noAcknowledgedGroupIsVoidAndNoCopyDiffersFromTheLog(Bounds bounds) {
        ModelSearch.Result result = ModelSearch.run(new OwnershipModel(Mutation.NONE, bounds));
        assertThat(result.violation()).isEmpty();
        assertThat(result.states()).isGreaterThan(5_000);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void eachRuleThatIsLeftOutIsFound(Mutation mutation) {
        Bounds bounds = new Bounds(2, 2, 2, 1, mutation == Mutation.UNKNOWN_VERSION_COUNTS_AS_VOID);
        ModelSearch.Result result = ModelSearch.run(new OwnershipModel(mutation, bounds));
        assertThat(result.violation()).isPresent();
    }
}
