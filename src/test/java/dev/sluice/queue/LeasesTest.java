package dev.sluice.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.TestSeed;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class LeasesTest {
    private static Lease lease(long seq, long endMillis) {
        return new Lease(new MessageHeader(seq, 0, 0, 0, false), 1, endMillis);
    }

    @Test
    void expiredLeasesAreReturnedEarliestFirstUpToTheLimit() {
        Leases leases = new Leases();
        leases.put(lease(1, 300));
        leases.put(lease(2, 100));
        leases.put(lease(3, 100));
        leases.put(lease(4, 400));
        assertThat(leases.expired(300, 10))
                .extracting(lease -> lease.header().seq())
                .containsExactly(2L, 3L, 1L);
        assertThat(leases.expired(300, 1)).hasSize(1);
        assertThat(leases.expired(99, 10)).isEmpty();
        assertThat(leases.firstEndMillis()).isEqualTo(100);
        assertThat(leases.oldest().header().seq()).isEqualTo(1);
    }

    @Property(seed = TestSeed.PROPERTIES, tries = 300)
    void leasesBehaveLikeAMapSortedByEnd(@ForAll long seed) {
        Random random = new Random(seed);
        Leases leases = new Leases();
        TreeMap<Long, Lease> expected = new TreeMap<>();
        for (int step = 0; step < 300; step++) {
            long seq = random.nextInt(30);
            if (random.nextInt(3) > 0) {
                Lease lease = lease(seq, random.nextInt(8));
                leases.put(lease);
                expected.put(seq, lease);
            } else {
                assertThat(leases.remove(seq)).isSameAs(expected.remove(seq));
            }
            long nowMillis = random.nextInt(8);
            List<Lease> expired = expected.values().stream()
                    .filter(lease -> lease.expiresAtMillis() <= nowMillis)
                    .toList();
            assertThat(leases.expired(nowMillis, 100))
                    .containsExactlyInAnyOrderElementsOf(expired)
                    .isSortedAccordingTo(Comparator.comparingLong(Lease::expiresAtMillis));
            assertThat(leases.size()).isEqualTo(expected.size());
            assertThat(leases.get(seq)).isSameAs(expected.get(seq));
            assertThat(leases.oldest())
                    .isSameAs(expected.isEmpty() ? null : expected.firstEntry().getValue());
            assertThat(leases.firstEndMillis())
                    .isEqualTo(expected.values().stream()
                            .mapToLong(Lease::expiresAtMillis)
                            .min()
                            .orElse(Long.MAX_VALUE));
        }
    }
}
