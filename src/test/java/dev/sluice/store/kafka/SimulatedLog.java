package dev.sluice.store.kafka;

import dev.sluice.store.StoreException;
import dev.sluice.store.log.LogUnusableException;
import dev.sluice.store.log.ShardLog;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A log in memory that several nodes share, with the faults that a real one has: appends that arrive late, twice or
 * never, and results that are lost or name another offset of the same record. Random, repeatable by its seed for one
 * order of calls. Safe for use from several threads.
 */
final class SimulatedLog {
    private final List<byte[]> records = new ArrayList<>();
    private final Random random;
    private double faults;

    /**
     * Creates an empty log.
     *
     * @param faults the share of appends with a fault
     */
    SimulatedLog(long seed, double faults) {
        this.random = new Random(seed);
        this.faults = faults;
    }

    /** The view of one node. */
    ShardLog view() {
        return new View();
    }

    /** From now on all appends work. */
    synchronized void heal() {
        faults = 0;
    }

    /** Appends a record of another program or node. */
    synchronized long append(byte[] record) {
        records.add(record);
        notifyAll();
        return records.size() - 1;
    }

    /** The records so far. */
    synchronized List<byte[]> records() {
        return List.copyOf(records);
    }

    /** Removes records from the end, which a correct log never does. */
    synchronized void lose(int count) {
        records.subList(records.size() - count, records.size()).clear();
    }

    private final class View implements ShardLog {
        private boolean woken;

        @Override
        public Appender newAppender() {
            return new SimulatedAppender();
        }

        @Override
        public long startOffset() {
            return 0;
        }

        @Override
        public long endOffset() {
            synchronized (SimulatedLog.this) {
                return records.size();
            }
        }

        @Override
        public Chunk read(long fromOffset) {
            synchronized (SimulatedLog.this) {
                if (fromOffset >= records.size()) {
                    throw new LogUnusableException("there is no record " + fromOffset);
                }
                List<LogEntry> entries = new ArrayList<>();
                long next = fromOffset;
                while (next < records.size() && entries.size() < 10) {
                    entries.add(new LogEntry(next, records.get((int) next)));
                    next++;
                }
                return new Chunk(entries, next);
            }
        }

        @Override
        public Chunk poll(long fromOffset, long waitMillis) {
            synchronized (SimulatedLog.this) {
                if (fromOffset >= records.size() && !woken) {
                    try {
                        SimulatedLog.this.wait(waitMillis);
                    } catch (InterruptedException interrupted) {
                        Thread.currentThread().interrupt();
                    }
                }
                woken = false;
                return fromOffset < records.size() ? read(fromOffset) : new Chunk(List.of(), fromOffset);
            }
        }

        @Override
        public void wake() {
            synchronized (SimulatedLog.this) {
                woken = true;
                SimulatedLog.this.notifyAll();
            }
        }

        @Override
        public long lag() {
            return 0;
        }

        @Override
        public void close() {
            // The log belongs to all nodes.
        }
    }

    /** As an idempotent producer: keeps the order, unless it gives up. */
    private final class SimulatedAppender implements ShardLog.Appender {
        private boolean broken;

        @Override
        public void append(byte[] record, ShardLog.AppendListener listener) {
            long offset = -1;
            StoreException failure = null;
            synchronized (SimulatedLog.this) {
                if (broken) {
                    failure = new StoreException("given up after an earlier failure");
                } else if (random.nextDouble() >= faults) {
                    offset = SimulatedLog.this.append(record);
                } else {
                    switch (random.nextInt(4)) {
                        case 0 -> {
                            // Never arrives.
                            broken = true;
                            failure = new StoreException("the append was lost");
                        }
                        case 1 -> {
                            // Arrives, but the result is lost.
                            SimulatedLog.this.append(record);
                            broken = true;
                            failure = new StoreException("the result was lost");
                        }
                        case 2 -> {
                            // Arrives twice, and the second place is the result.
                            SimulatedLog.this.append(record);
                            offset = SimulatedLog.this.append(record);
                        }
                        default -> SimulatedLog.this.append(record);
                    }
                }
            }
            listener.completed(offset, failure);
        }

        @Override
        public void close() {
            synchronized (SimulatedLog.this) {
                broken = true;
            }
        }
    }
}
