package dev.sluice.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class LookupCacheTest {
    private final LookupCache lookups = new LookupCache();

    private static ReadRequest request(long... seqs) {
        return new ReadRequest(ReadRequest.ReadKind.LOOKUP, 0, 0, seqs.length, seqs);
    }

    private static LookupResult found(long seq) {
        return new LookupResult(new MessageHeader(seq, 0, 0, 0, false), 1, 5);
    }

    @Test
    void aMessageThatIsNotFoundHasANullResult() {
        ReadRequest request = request(3, 1);
        lookups.begin(request);
        lookups.supply(request, List.of(found(3)));
        assertThat(lookups.contains(3)).isTrue();
        assertThat(lookups.get(3)).isNotNull();
        assertThat(lookups.contains(1)).isTrue();
        assertThat(lookups.get(1)).isNull();
        assertThat(lookups.contains(2)).isFalse();
    }

    @Test
    void aMessageThatChangedDuringTheLookupHasNoResult() {
        ReadRequest request = request(1, 2);
        lookups.begin(request);
        lookups.invalidate(1);
        lookups.supply(request, List.of(found(1), found(2)));
        assertThat(lookups.contains(1)).isFalse();
        assertThat(lookups.get(1)).isNull();
        assertThat(lookups.contains(2)).isTrue();
    }

    @Test
    void aMessageThatChangesAfterTheLookupLosesItsResult() {
        ReadRequest request = request(1, 2);
        lookups.begin(request);
        lookups.supply(request, List.of(found(1), found(2)));
        lookups.invalidate(1);
        assertThat(lookups.contains(1)).isFalse();
        lookups.invalidateAll();
        assertThat(lookups.contains(2)).isFalse();
    }

    @Test
    void aLookupDuringWhichAllMessagesChangedHasNoResults() {
        ReadRequest request = request(1);
        lookups.begin(request);
        lookups.invalidateAll();
        lookups.supply(request, List.of(found(1)));
        assertThat(lookups.contains(1)).isFalse();
    }

    @Test
    void lookupsAreIndependent() {
        ReadRequest one = request(1);
        ReadRequest two = request(1, 2);
        lookups.begin(one);
        lookups.invalidate(1);
        lookups.begin(two);
        lookups.supply(one, List.of(found(1)));
        assertThat(lookups.contains(1)).isFalse();
        lookups.supply(two, List.of(found(1)));
        assertThat(lookups.contains(1)).isTrue();
        lookups.clear();
        assertThat(lookups.contains(1)).isFalse();
    }

    @Test
    void anAbandonedLookupTakesNoRows() {
        ReadRequest request = request(1);
        lookups.begin(request);
        lookups.abandon(request);
        assertThatThrownBy(() -> lookups.supply(request, List.of())).isInstanceOf(IllegalStateException.class);
    }
}
