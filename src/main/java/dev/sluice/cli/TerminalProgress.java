package dev.sluice.cli;

import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Shows on a terminal that long work goes on: one line on standard error, which is written over and removed at the end.
 * Nothing is shown in the first half second, nor if the output is no terminal.
 */
final class TerminalProgress {
    private static final long INTERVAL_MILLIS = 500;
    private static final String REMOVE_LINE = "\r\u001b[K";
    private static final int BAR_CHARS = 30;

    private final Supplier<String> text;
    private final long startedNanos = System.nanoTime();
    private final Thread painter = new Thread(this::paint, "sluice-progress");
    private boolean ended;

    private TerminalProgress(Supplier<String> text) {
        this.text = text;
    }

    /** Starts to show what is done, with the time that has passed. */
    static TerminalProgress start(String work) {
        return start(() -> work);
    }

    /**
     * The same with a text that changes.
     *
     * @param text called from another thread
     */
    static TerminalProgress start(Supplier<String> text) {
        TerminalProgress progress = new TerminalProgress(text);
        if (TerminalText.isTerminal()) {
            progress.painter.setDaemon(true);
            progress.painter.start();
        }
        return progress;
    }

    /** A bar with the part that is done; without one if the total is unknown. */
    static String bar(long done, long total) {
        if (total <= 0) {
            return String.valueOf(done);
        }
        int filled = (int) Math.min(BAR_CHARS, BAR_CHARS * done / total);
        return "[" + "#".repeat(filled) + "-".repeat(BAR_CHARS - filled) + "] " + done + " of " + total;
    }

    private void paint() {
        try {
            while (true) {
                TimeUnit.MILLISECONDS.sleep(INTERVAL_MILLIS);
                long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - startedNanos);
                show(REMOVE_LINE + text.get() + " … " + seconds + " s");
            }
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void show(String line) {
        if (!ended) {
            System.err.print(line);
            System.err.flush();
        }
    }

    /** Removes the line. */
    synchronized void end() {
        ended = true;
        if (painter.isAlive()) {
            painter.interrupt();
            System.err.print(REMOVE_LINE);
            System.err.flush();
        }
    }
}
