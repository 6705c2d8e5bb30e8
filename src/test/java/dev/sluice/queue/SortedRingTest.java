package dev.sluice.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.TestSeed;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class SortedRingTest {
    @Property(seed = TestSeed.PROPERTIES, tries = 500)
    void aRingIsASortedList(@ForAll long seed) {
        Random random = new Random(seed);
        SortedRing<MessageHeader> ring = new SortedRing<>(IndexOrder.ARRIVALS);
        TreeMap<Long, MessageHeader> expected = new TreeMap<>();
        for (int step = 0; step < 300; step++) {
            long seq = random.nextInt(80);
            int choice = random.nextInt(9);
            if (choice < 5) {
                MessageHeader header = new MessageHeader(seq, step, step, 0, false);
                assertThat(ring.insert(header)).isEqualTo(expected.put(seq, header) == null);
            } else if (choice < 7) {
                assertThat(ring.remove(0, seq)).isSameAs(expected.remove(seq));
            } else if (choice == 7 && !expected.isEmpty()) {
                assertThat(ring.removeLast()).isSameAs(expected.pollLastEntry().getValue());
            } else if (random.nextInt(20) == 0) {
                ring.clear();
                expected.clear();
            }
            assertThat(ring.size()).isEqualTo(expected.size());
            assertThat(ring.find(0, seq)).isSameAs(expected.get(seq));
            assertThat(ring.sizeBelow(0, seq)).isEqualTo(expected.headMap(seq).size());
            int index = 0;
            for (MessageHeader header : expected.values()) {
                assertThat(ring.get(index++)).isSameAs(header);
            }
        }
    }
}
