package dev.sluice.queue;

/**
 * Until when a message is kept. The owner of the clock may keep messages longer than the setting of their queue,
 * because the clock may have been wrong while the server was down; never shorter. Safe for use from several threads.
 */
@FunctionalInterface
public interface Retention {
    /** Only the setting of the queue counts. */
    Retention BY_SETTING = (storedAtMillis, periodMillis) -> storedAtMillis + periodMillis;

    /**
     * Returns when a message expires, in milliseconds on the clock that commands are given.
     *
     * @param storedAtMillis when it was stored, on the same clock
     * @param periodMillis how long its queue keeps messages
     */
    long keptUntilMillis(long storedAtMillis, long periodMillis);
}
