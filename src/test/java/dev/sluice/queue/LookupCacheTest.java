package dev.sluice.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class LookupCacheTest {
    private final LookupCache findings = new LookupCache();

    private static ReadRequest need(long... seqs) {
        return new ReadRequest(ReadRequest.ReadKind.FIND, 0, 0, seqs.length, seqs);
    }

    private static LookupResult found(long seq) {
        return new LookupResult(new MessageHeader(seq, 0, 0, 0, false), 1, 5);
    }

    @Test
    void whatIsNotFoundIsKnownToBeGone() {
        ReadRequest need = need(3, 1);
        findings.begin(need);
        findings.supply(need, List.of(found(3)));
        assertThat(findings.knows(3)).isTrue();
        assertThat(findings.get(3)).isNotNull();
        assertThat(findings.knows(1)).isTrue();
        assertThat(findings.get(1)).isNull();
        assertThat(findings.knows(2)).isFalse();
    }

    @Test
    void whatWasTouchedDuringTheLookupIsNotKnown() {
        ReadRequest need = need(1, 2);
        findings.begin(need);
        findings.invalidate(1);
        findings.supply(need, List.of(found(1), found(2)));
        assertThat(findings.knows(1)).isFalse();
        assertThat(findings.get(1)).isNull();
        assertThat(findings.knows(2)).isTrue();
    }

    @Test
    void whatIsTouchedAfterwardsIsNotKnownAnyMore() {
        ReadRequest need = need(1, 2);
        findings.begin(need);
        findings.supply(need, List.of(found(1), found(2)));
        findings.invalidate(1);
        assertThat(findings.knows(1)).isFalse();
        findings.invalidateAll();
        assertThat(findings.knows(2)).isFalse();
    }

    @Test
    void nothingIsKnownOfALookupDuringWhichEverythingWasTouched() {
        ReadRequest need = need(1);
        findings.begin(need);
        findings.invalidateAll();
        findings.supply(need, List.of(found(1)));
        assertThat(findings.knows(1)).isFalse();
    }

    @Test
    void lookupsDoNotDisturbEachOther() {
        ReadRequest one = need(1);
        ReadRequest two = need(1, 2);
        findings.begin(one);
        findings.invalidate(1);
        findings.begin(two);
        findings.supply(one, List.of(found(1)));
        assertThat(findings.knows(1)).isFalse();
        findings.supply(two, List.of(found(1)));
        assertThat(findings.knows(1)).isTrue();
        findings.clear();
        assertThat(findings.knows(1)).isFalse();
    }

    @Test
    void anAbandonedLookupIsOver() {
        ReadRequest need = need(1);
        findings.begin(need);
        findings.abandon(need);
        assertThatThrownBy(() -> findings.supply(need, List.of())).isInstanceOf(IllegalStateException.class);
    }
}
