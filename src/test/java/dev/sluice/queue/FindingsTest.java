package dev.sluice.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class FindingsTest {
    private final Findings findings = new Findings();

    private static Need need(long... seqs) {
        return new Need(Need.Kind.FIND, 0, 0, seqs.length, seqs);
    }

    private static Found found(long seq) {
        return new Found(new MessageHeader(seq, 0, 0, 0, false), 1, 5);
    }

    @Test
    void whatIsNotFoundIsKnownToBeGone() {
        Need need = need(3, 1);
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
        Need need = need(1, 2);
        findings.begin(need);
        findings.touch(1);
        findings.supply(need, List.of(found(1), found(2)));
        assertThat(findings.knows(1)).isFalse();
        assertThat(findings.get(1)).isNull();
        assertThat(findings.knows(2)).isTrue();
    }

    @Test
    void whatIsTouchedAfterwardsIsNotKnownAnyMore() {
        Need need = need(1, 2);
        findings.begin(need);
        findings.supply(need, List.of(found(1), found(2)));
        findings.touch(1);
        assertThat(findings.knows(1)).isFalse();
        findings.touchAll();
        assertThat(findings.knows(2)).isFalse();
    }

    @Test
    void nothingIsKnownOfALookupDuringWhichEverythingWasTouched() {
        Need need = need(1);
        findings.begin(need);
        findings.touchAll();
        findings.supply(need, List.of(found(1)));
        assertThat(findings.knows(1)).isFalse();
    }

    @Test
    void lookupsDoNotDisturbEachOther() {
        Need one = need(1);
        Need two = need(1, 2);
        findings.begin(one);
        findings.touch(1);
        findings.begin(two);
        findings.supply(one, List.of(found(1)));
        assertThat(findings.knows(1)).isFalse();
        findings.supply(two, List.of(found(1)));
        assertThat(findings.knows(1)).isTrue();
        findings.forget();
        assertThat(findings.knows(1)).isFalse();
    }

    @Test
    void anAbandonedLookupIsOver() {
        Need need = need(1);
        findings.begin(need);
        findings.abandon(need);
        assertThatThrownBy(() -> findings.supply(need, List.of())).isInstanceOf(IllegalStateException.class);
    }
}
