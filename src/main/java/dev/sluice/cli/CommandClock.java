package dev.sluice.cli;

/** The wall clock of commands that show how old something is. */
final class CommandClock {
    private CommandClock() {}

    /** Milliseconds since the epoch. */
    static long wallMillis() {
        return System.currentTimeMillis();
    }
}
