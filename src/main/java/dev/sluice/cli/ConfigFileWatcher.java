package dev.sluice.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices changes of the configuration file and of the files of secrets by their contents, every two seconds. It works
 * with every file system and with links that are replaced. A change counts when the content is the same twice, so that a
 * file that is being written is not read.
 */
final class ConfigFileWatcher {
    private static final Logger LOG = LoggerFactory.getLogger(ConfigFileWatcher.class);
    private static final long INTERVAL_MILLIS = 2_000;

    private final Supplier<List<Path>> files;
    private final Runnable onChange;
    /** Content for which {@code onChange} ran last. */
    private String known;
    /** Content at the last check. */
    private String previous;

    private ConfigFileWatcher(Supplier<List<Path>> files, Runnable onChange) {
        this.files = files;
        this.onChange = onChange;
        this.known = content();
        this.previous = known;
    }

    /**
     * Starts it, on a thread of its own that does not keep the process running.
     *
     * @param files all files, which may change with their content
     * @param onChange runs after a change; may block
     */
    static void start(Supplier<List<Path>> files, Runnable onChange) {
        ConfigFileWatcher watcher = new ConfigFileWatcher(files, onChange);
        Thread thread = new Thread(watcher::run, "sluice-config-files");
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        try {
            while (true) {
                TimeUnit.MILLISECONDS.sleep(INTERVAL_MILLIS);
                check();
            }
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    private void check() {
        try {
            String now = content();
            if (now.equals(previous) && !now.equals(known)) {
                known = now;
                onChange.run();
            }
            previous = now;
        } catch (RuntimeException failure) {
            LOG.error("the files of the configuration cannot be watched", failure);
        }
    }

    /** The names and hashes of all files. */
    private String content() {
        StringBuilder text = new StringBuilder();
        for (Path file : files.get()) {
            text.append(file).append(' ').append(hash(file)).append('\n');
        }
        return text.toString();
    }

    private static String hash(Path file) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
        } catch (IOException | UncheckedIOException unreadable) {
            return "-";
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no SHA-256", e);
        }
    }
}
