package dev.sluice.store.log;

import dev.sluice.store.StoreException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The log of one shard: a totally ordered sequence of records that is kept elsewhere. Offsets begin at 0 and grow by
 * one with each record. A record whose append was acknowledged with an offset keeps that offset.
 *
 * <p>Belongs to one thread, except that results of appends arrive on any thread. All methods but {@link
 * Appender#append} block; a failure is a {@link StoreException}.
 */
public interface ShardLog extends AutoCloseable {
    /** A record as the log holds it. */
    record LogEntry(long offset, byte[] value) {}

    /**
     * What a read returned.
     *
     * @param entries records in order; the log may hold offsets without a record that can be read
     * @param nextOffset where the next read goes on
     */
    record Chunk(List<LogEntry> entries, long nextOffset) {}

    /** Receives the result of an append, exactly once. Called on a thread of the log: it must return at once. */
    @FunctionalInterface
    interface AppendListener {
        /**
         * Called when the log has acknowledged the append, or it was given up.
         *
         * @param offset where the record stands; negative if the log has it but the offset is unknown
         * @param failure null if the log has the record; otherwise it may have it all the same
         */
        void completed(long offset, @Nullable StoreException failure);
    }

    /** Appends the records of one epoch. */
    interface Appender extends AutoCloseable {
        /** Appends a record behind those appended before. */
        void append(byte[] record, AppendListener listener);

        /** Gives up what was not acknowledged; its listeners get a failure. */
        @Override
        void close();
    }

    /** A new appender, which shares no state with earlier ones. */
    Appender newAppender();

    /** The offset of the first record that is still kept. */
    long startOffset();

    /** The offset of the next record. */
    long endOffset();

    /**
     * Reads the next records. Waits for them, so there must be some.
     *
     * @param fromOffset less than the end
     * @throws LogUnusableException if the log does not keep that offset
     */
    Chunk read(long fromOffset);

    /**
     * Reads the next records if there are some soon.
     *
     * @param fromOffset up to the end
     * @param waitMillis how long it waits for the first one
     * @return without entries if there were none, or {@link #wake} was called
     */
    Chunk poll(long fromOffset, long waitMillis);

    /** Ends a {@link #poll} that waits, from another thread. */
    void wake();

    /** How many records the log has after those that were read, when it last said so; 0 if it has not. */
    long lag();

    @Override
    void close();
}
