package dev.sluice;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A file system of its own that a test can fill to the last byte. Takes the right to mount one. */
final class SmallDisk implements AutoCloseable {
    private static final int CHUNK_BYTES = 1 << 20;

    private final Path directory;

    private SmallDisk(Path directory) {
        this.directory = directory;
    }

    /** Mounts one in that directory; empty where this process may not. */
    static Optional<SmallDisk> mount(Path directory, int mebibytes) {
        return run("mount", "-t", "tmpfs", "-o", "size=" + mebibytes + "m", "none", directory.toString()) == 0
                ? Optional.of(new SmallDisk(directory))
                : Optional.empty();
    }

    Path directory() {
        return directory;
    }

    /** Leaves at most that many bytes to others. */
    void fillUpTo(long bytesLeft) throws IOException {
        try (FileChannel ballast = FileChannel.open(ballast(), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            long free;
            while ((free = Files.getFileStore(directory).getUsableSpace()) > bytesLeft) {
                ballast.write(ByteBuffer.allocate((int) Math.min(CHUNK_BYTES, free - bytesLeft)));
            }
        } catch (IOException full) {
            if (Files.getFileStore(directory).getUsableSpace() > bytesLeft) {
                throw full;
            }
        }
    }

    /** Gives back what {@link #fillUpTo} took. */
    void makeRoom() throws IOException {
        Files.deleteIfExists(ballast());
    }

    @Override
    public void close() throws IOException {
        makeRoom();
        run("umount", "-l", directory.toString());
    }

    private Path ballast() {
        return directory.resolve("ballast");
    }

    private static int run(String... command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getInputStream().readAllBytes();
            return process.onExit().orTimeout(30, TimeUnit.SECONDS).join().exitValue();
        } catch (IOException noSuchProgram) {
            return -1;
        }
    }
}
