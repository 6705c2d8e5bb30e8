package dev.sluice.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.TestSeed;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class WindowTest {
    private static final int FROM_START = 1;

    private static MessageHeader message(long seq) {
        return new MessageHeader(seq, 0, 1_000 + seq, 1, false);
    }

    private static Window<MessageHeader> window(int capacity, ByteBudget budget) {
        return new Window<>(
                IndexOrder.ARRIVALS, MessageHeader.class, capacity, Window.GUARANTEED, budget, 0, FROM_START);
    }

    private static Window<MessageHeader> emptyWindow(int capacity) {
        Window<MessageHeader> window = window(capacity, ByteBudget.unbounded());
        window.updateCount(0);
        return window;
    }

    private static List<Long> seqs(Window<MessageHeader> window) {
        return IntStream.range(0, window.size())
                .mapToObj(i -> window.get(i).seq())
                .toList();
    }

    @Test
    void aWindowOfAnEmptyIndexIsComplete() {
        Window<MessageHeader> window = window(4, ByteBudget.unbounded());
        assertThat(window.isComplete()).isFalse();
        assertThat(window.isHeadUnknown()).isTrue();
        window.updateCount(0);
        assertThat(window.isComplete()).isTrue();
        assertThat(window.isHeadUnknown()).isFalse();
    }

    @Test
    void theGreatestElementsAreDroppedWhenTheWindowIsFull() {
        Window<MessageHeader> window = emptyWindow(2);
        window.add(message(5));
        window.add(message(3));
        window.add(message(4));
        window.add(message(9));
        assertThat(seqs(window)).containsExactly(3L, 4L);
        assertThat(window.boundSeq()).isEqualTo(5);
        assertThat(window.edge().seq()).isEqualTo(5);
        assertThat(window.covers(0, 4)).isTrue();
        assertThat(window.covers(0, 5)).isFalse();
    }

    @Test
    void anAdditionBeyondTheBoundIsLeftOnDisk() {
        Window<MessageHeader> window = emptyWindow(1);
        window.add(message(1));
        window.add(message(2));
        window.remove(0, 1);
        window.add(message(3));
        assertThat(window.size()).isZero();
        assertThat(window.isHeadUnknown()).isTrue();
    }

    @Test
    void aShortReadMakesTheWindowComplete() {
        Window<MessageHeader> window = window(4, ByteBudget.unbounded());
        window.begin(0, FROM_START);
        window.supply(List.of(message(7), message(8)), true);
        assertThat(seqs(window)).containsExactly(7L, 8L);
        assertThat(window.isComplete()).isTrue();
    }

    @Test
    void aReadThatEndedEarlyMovesTheBoundBehindItsLastRow() {
        Window<MessageHeader> window = window(4, ByteBudget.unbounded());
        window.begin(0, FROM_START);
        window.supply(List.of(message(7), message(8)), false);
        assertThat(window.isComplete()).isFalse();
        assertThat(window.boundSeq()).isEqualTo(9);
        assertThat(window.room()).isEqualTo(2);
    }

    @Test
    void rowsThatWereRemovedDuringTheReadAreDropped() {
        Window<MessageHeader> window = window(4, ByteBudget.unbounded());
        window.begin(0, FROM_START);
        window.remove(0, 7);
        window.supply(List.of(message(7), message(8)), true);
        assertThat(seqs(window)).containsExactly(8L);
    }

    @Test
    void additionsDuringTheReadAreKeptUpToTheNewBound() {
        Window<MessageHeader> window = window(4, ByteBudget.unbounded());
        window.begin(0, FROM_START);
        window.add(message(6));
        window.add(message(20));
        window.supply(List.of(message(7), message(9)), false);
        assertThat(seqs(window)).containsExactly(6L, 7L, 9L);
        assertThat(window.boundSeq()).isEqualTo(10);
    }

    @Test
    void theBoundIsTheFirstAdditionForWhichThereWasNoRoom() {
        Window<MessageHeader> window = window(2, ByteBudget.unbounded());
        window.begin(0, FROM_START);
        for (long seq = 11; seq <= 14; seq++) {
            window.add(message(seq));
        }
        window.supply(List.of(message(10)), true);
        assertThat(window.isComplete()).isFalse();
        assertThat(window.boundSeq()).isLessThanOrEqualTo(13);
        assertThat(seqs(window)).containsExactly(10L, 11L);
    }

    @Test
    void aReadThatDoesNotAdjoinTheWindowIsDiscarded() {
        Window<MessageHeader> window = window(2, ByteBudget.unbounded());
        window.begin(0, FROM_START + 1);
        window.supply(List.of(message(7)), true);
        assertThat(window.size()).isZero();
        assertThat(window.boundSeq()).isEqualTo(FROM_START);
    }

    @Test
    void anAbandonedReadCanBeRepeated() {
        Window<MessageHeader> window = window(2, ByteBudget.unbounded());
        window.begin(0, FROM_START);
        assertThatThrownBy(() -> window.begin(0, FROM_START)).isInstanceOf(IllegalStateException.class);
        window.remove(0, 7);
        window.abandon();
        window.begin(0, FROM_START);
        window.supply(List.of(message(7)), true);
        assertThat(seqs(window)).containsExactly(7L);
    }

    @Test
    void aWindowRunsLowBelowHalf() {
        Window<MessageHeader> window = window(4, ByteBudget.unbounded());
        assertThat(window.isLow()).isTrue();
        window.begin(0, FROM_START);
        assertThat(window.isLow()).as("not while reading").isFalse();
        window.supply(List.of(message(1), message(2), message(3), message(4)), false);
        assertThat(window.isLow()).isFalse();
        window.remove(0, 1);
        window.remove(0, 2);
        assertThat(window.isLow()).isFalse();
        window.remove(0, 3);
        assertThat(window.isLow()).isTrue();
    }

    @Test
    void theBudgetNeverRefusesGuaranteedElements() {
        ByteBudget budget = new ByteBudget(0);
        Window<MessageHeader> window = window(1_000, budget);
        window.updateCount(0);
        for (long seq = 1; seq <= 1_000; seq++) {
            window.add(message(seq));
        }
        assertThat(window.size()).isEqualTo(Window.GUARANTEED);
        assertThat(window.boundSeq()).isEqualTo(Window.GUARANTEED + 1);
        assertThat(window.isLow())
                .as("a window that the budget refused does not read ahead")
                .isFalse();
    }

    @Test
    void guaranteedElementsAreChargedToTheBudget() {
        ByteBudget budget = new ByteBudget(0);
        Window<MessageHeader> window = window(1_000, budget);
        window.updateCount(0);
        assertThat(budget.reservedBytes()).isZero();
        for (long seq = 1; seq <= Window.GUARANTEED; seq++) {
            window.add(message(seq));
        }
        assertThat(budget.reservedBytes()).isEqualTo((long) Window.GUARANTEED * Window.ELEMENT_BYTES);
        assertThat(budget.tryReserve(1)).isFalse();
    }

    @Test
    void theWindowReleasesWhatItReserved() {
        ByteBudget budget = new ByteBudget(1_000_000);
        Window<MessageHeader> window = window(1_000, budget);
        window.updateCount(0);
        for (long seq = 1; seq <= 1_000; seq++) {
            window.add(message(seq));
        }
        assertThat(window.size()).isEqualTo(1_000);
        long reserved = budget.reservedBytes();
        assertThat(reserved).isGreaterThanOrEqualTo(1_000 * Window.ELEMENT_BYTES);
        for (long seq = 1; seq <= 1_000; seq++) {
            window.remove(0, seq);
        }
        assertThat(budget.reservedBytes()).isLessThan(reserved / 4);
        window.close();
        assertThat(budget.reservedBytes()).isZero();
    }

    @Test
    void aWindowGrowsAgainWhenTheBudgetHasRoom() {
        ByteBudget budget = new ByteBudget(1_000_000);
        budget.reserve(1_000_000);
        Window<MessageHeader> window = window(1_000, budget);
        window.updateCount(0);
        for (long seq = 1; seq <= 1_000; seq++) {
            window.add(message(seq));
        }
        budget.release(1_000_000);
        for (long seq = 1; seq <= 100; seq++) {
            window.remove(0, seq);
        }
        for (int read = 0; read < 4; read++) {
            int room = window.room();
            List<MessageHeader> rows = LongStream.range(window.boundSeq(), window.boundSeq() + room)
                    .mapToObj(WindowTest::message)
                    .toList();
            window.begin(0, window.boundSeq());
            window.supply(rows, false);
        }
        assertThat(window.size()).isEqualTo(1_000);
    }

    @Test
    void memoryIsChargedInBlocksAndReleasedWhenTwoBlocksAreSpare() {
        ByteBudget budget = ByteBudget.unbounded();
        long blockBytes = (long) Window.CHARGE_ELEMENTS * Window.ELEMENT_BYTES;
        Window<MessageHeader> window = window(1_000, budget);
        window.updateCount(0);
        for (long seq = 1; seq <= 3 * Window.CHARGE_ELEMENTS; seq++) {
            window.add(message(seq));
            assertThat(budget.reservedBytes())
                    .isEqualTo((seq + Window.CHARGE_ELEMENTS - 1) / Window.CHARGE_ELEMENTS * blockBytes);
        }
        for (long seq = 1; seq < 2 * Window.CHARGE_ELEMENTS; seq++) {
            window.remove(0, seq);
            assertThat(budget.reservedBytes()).isEqualTo(3 * blockBytes);
        }
        window.remove(0, 2 * Window.CHARGE_ELEMENTS);
        assertThat(budget.reservedBytes()).isEqualTo(2 * blockBytes);
        window.clear();
        assertThat(budget.reservedBytes()).isEqualTo(blockBytes);
        window.close();
        window.close();
        assertThat(budget.reservedBytes()).isZero();
        assertThat(window.size()).isZero();
    }

    @Test
    void aReadWithMoreRemovalsThanAreRecordedIsDiscarded() {
        for (int removals : new int[] {4, 5}) {
            Window<MessageHeader> window = window(1, ByteBudget.unbounded());
            window.begin(0, FROM_START);
            for (long seq = 11; seq < 11 + removals; seq++) {
                window.remove(0, seq);
            }
            window.supply(List.of(message(11), message(12), message(20)), true);
            assertThat(seqs(window)).isEqualTo(removals == 4 ? List.of(20L) : List.of());
            assertThat(window.isComplete()).isEqualTo(removals == 4);
        }
    }

    @Test
    void whatChangedDuringAReadDoesNotAffectTheNextOne() {
        Window<MessageHeader> window = window(2, ByteBudget.unbounded());
        window.begin(0, FROM_START);
        for (long seq = 20; seq <= 23; seq++) {
            window.add(message(seq));
        }
        window.remove(0, 9);
        window.supply(List.of(message(5)), false);
        for (long seq = 20; seq <= 23; seq++) {
            window.remove(0, seq);
        }
        window.begin(0, window.boundSeq());
        window.supply(List.of(message(9)), true);
        assertThat(seqs(window))
                .as("no addition, removal or bound of the first read")
                .containsExactly(5L, 9L);
        assertThat(window.isComplete()).isTrue();
    }

    @Test
    void aReadDuringWhichTheIndexBecameEmptyIsDiscarded() {
        Window<MessageHeader> window = window(4, ByteBudget.unbounded());
        window.begin(0, FROM_START);
        window.clear();
        window.supply(List.of(message(7)), false);
        assertThat(window.size()).isZero();
        assertThat(window.isComplete()).isTrue();
        assertThat(window.edge()).isNull();
    }

    @Test
    void aReadDuringWhichTheBoundMovedDownIsDiscarded() {
        Window<MessageHeader> window = window(2, ByteBudget.unbounded());
        window.begin(0, FROM_START);
        window.supply(List.of(message(10), message(20)), false);
        window.begin(0, 21);
        window.add(message(5));
        assertThat(window.boundSeq()).isEqualTo(20);
        window.supply(List.of(message(30)), true);
        assertThat(seqs(window)).containsExactly(5L, 10L);
        assertThat(window.boundSeq()).isEqualTo(20);
    }

    @Test
    void allMembersInMemoryMeanThatThereIsNothingBeyond() {
        Window<MessageHeader> window = window(4, ByteBudget.unbounded());
        window.begin(0, FROM_START);
        window.supply(List.of(message(10), message(20)), false);
        assertThat(window.edge().seq()).isEqualTo(20);
        window.updateCount(3);
        assertThat(window.isComplete()).isFalse();
        window.updateCount(2);
        assertThat(window.isComplete()).isTrue();
        assertThat(window.edge()).isNull();
        assertThat(window.covers(0, 30)).isTrue();
    }

    @Test
    void aWindowLacksWhatIsWantedUpToItsGuaranteedSize() {
        Window<MessageHeader> window = window(1_000, ByteBudget.unbounded());
        window.begin(0, FROM_START);
        window.supply(LongStream.range(1, 128).mapToObj(WindowTest::message).toList(), false);
        assertThat(window.lacks(127)).isFalse();
        assertThat(window.lacks(128)).isTrue();
        window.begin(0, 128);
        window.supply(List.of(message(128)), false);
        assertThat(window.lacks(129)).as("more may never fit").isFalse();
        window.updateCount(128);
        assertThat(window.lacks(1_000)).isFalse();
    }

    @Test
    void aWindowThatTheBudgetRefusedReadsUpToItsSizeAndThenTwiceThat() {
        ByteBudget budget = new ByteBudget(0);
        Window<MessageHeader> window = window(1_000, budget);
        window.updateCount(0);
        assertThat(window.room()).isEqualTo(1_000);
        for (long seq = 1; seq <= 200; seq++) {
            window.add(message(seq));
        }
        assertThat(window.room()).isEqualTo(Window.GUARANTEED);
        window.begin(0, window.boundSeq());
        assertThat(window.room()).isEqualTo(3 * Window.GUARANTEED);
        window.abandon();
        for (long seq = 1; seq <= Window.GUARANTEED; seq++) {
            window.remove(0, seq);
        }
        assertThat(window.room()).isEqualTo(4 * Window.GUARANTEED);
    }

    @Test
    void aWindowOfOneElementHoldsItWithoutMemory() {
        Window<MessageHeader> window = window(1, new ByteBudget(0));
        window.updateCount(0);
        window.add(message(1));
        assertThat(seqs(window)).containsExactly(1L);
        assertThat(window.isComplete()).isTrue();
    }

    @Test
    void aClosedWindowHoldsNoElements() {
        Window<MessageHeader> window = emptyWindow(4);
        window.add(message(1));
        window.close();
        assertThat(window.size()).isZero();
    }

    @Test
    void aFullWindowStillReadsOneRow() {
        Window<MessageHeader> window = emptyWindow(1);
        window.add(message(1));
        window.add(message(2));
        assertThat(window.room()).isEqualTo(1);
    }

    /** Additions, removals and the steps of a read in random order, compared with a set of all members. */
    @Property(seed = TestSeed.PROPERTIES, tries = 2_000)
    void aWindowIsAlwaysTheHeadOfItsIndex(
            @ForAll long seed, @ForAll @IntRange(min = 1, max = 8) int capacity, @ForAll boolean budgetIsEmpty) {
        Random random = new Random(seed);
        ByteBudget budget = new ByteBudget(budgetIsEmpty ? 0 : Long.MAX_VALUE);
        Window<ScheduledMessage> window = new Window<>(
                IndexOrder.SCHEDULE, ScheduledMessage.class, capacity, 1 + random.nextInt(4), budget, 0, 0);
        TreeSet<ScheduledMessage> index = new TreeSet<>(Comparator.comparingLong(ScheduledMessage::availableAtMillis)
                .thenComparingLong(IndexOrder.SCHEDULE::seq));
        List<ScheduledMessage> rows = null;
        boolean last = false;
        for (int step = 0; step < 200; step++) {
            int choice = random.nextInt(10);
            if (choice < 4) {
                long seq = 1 + random.nextInt(40);
                ScheduledMessage existing = index.stream()
                        .filter(message -> message.header().seq() == seq)
                        .findFirst()
                        .orElse(null);
                if (existing == null) {
                    ScheduledMessage added = new ScheduledMessage(message(seq), 0, random.nextInt(20));
                    index.add(added);
                    window.add(added);
                }
            } else if (choice < 7 && !index.isEmpty()) {
                ScheduledMessage removed = index.stream()
                        .skip(random.nextInt(index.size()))
                        .findFirst()
                        .orElseThrow();
                index.remove(removed);
                window.remove(removed.availableAtMillis(), removed.header().seq());
            } else if (rows == null) {
                int limit = window.room();
                window.begin(window.boundMillis(), window.boundSeq());
                rows = rows(index, window, limit);
                last = rows.size() < limit;
                if (!rows.isEmpty() && random.nextInt(4) == 0) {
                    rows = rows.subList(0, 1 + random.nextInt(rows.size()));
                    last = false;
                }
            } else if (choice < 9) {
                window.supply(rows, last);
                rows = null;
            }
            window.updateCount(index.size());
            assertThat(window.size()).isLessThanOrEqualTo(capacity);
            List<ScheduledMessage> expected = index.stream()
                    .filter(message -> window.covers(
                            message.availableAtMillis(), message.header().seq()))
                    .toList();
            assertThat(window.size()).isEqualTo(expected.size());
            for (int i = 0; i < expected.size(); i++) {
                assertThat(window.get(i)).isSameAs(expected.get(i));
            }
        }
    }

    private static List<ScheduledMessage> rows(
            Set<ScheduledMessage> index, Window<ScheduledMessage> window, int limit) {
        return index.stream()
                .filter(message -> !window.covers(
                        message.availableAtMillis(), message.header().seq()))
                .limit(limit)
                .toList();
    }
}
