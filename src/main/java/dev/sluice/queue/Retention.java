package dev.sluice.queue;

/**
 * Until when a message is kept. The setting of its queue says for how long; whoever owns the clock may keep messages longer whose age
 * is in doubt, because the clock may have been wrong while the server was down. Never shorter. Safe for use from several threads.
 */
@FunctionalInterface
public interface Retention {
    /** The setting of the queue decides alone. */
    Retention BY_SETTING = (storedAtMillis, periodMillis) -> storedAtMillis + periodMillis;

    /**
     * When a message is too old, in milliseconds of the time that commands are given.
     *
     * @param storedAtMillis when it was stored, on the same time
     * @param periodMillis how long its queue keeps messages
     */
    long keptUntilMillis(long storedAtMillis, long periodMillis);
}
