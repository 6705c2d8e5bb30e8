package dev.sluice;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A separate file system that a test can fill to the last byte: ext4 in a file if possible, otherwise tmpfs. Requires
 * the right to mount.
 */
final class SmallDisk implements AutoCloseable {
    private static final int CHUNK_BYTES = 1 << 20;

    private final Path directory;
    /** The file with the file system; null for tmpfs. */
    private final Path image;

    private SmallDisk(Path directory, Path image) {
        this.directory = directory;
        this.image = image;
    }

    /** Mounts a file system in this directory; empty if this process has no right to mount. */
    static Optional<SmallDisk> mount(Path directory, int mebibytes) throws IOException {
        Optional<SmallDisk> file = mountFile(directory, mebibytes);
        return file.isPresent() ? file : mountMemory(directory, mebibytes);
    }

    private static Optional<SmallDisk> mountFile(Path directory, int mebibytes) throws IOException {
        Path image = Files.createTempFile("sluice-small-disk", ".ext4");
        try (FileChannel file = FileChannel.open(image, StandardOpenOption.WRITE)) {
            file.write(ByteBuffer.allocate(1), ((long) mebibytes << 20) - 1);
        }
        // No blocks are reserved for the superuser, because the test may run as that user.
        if (run("mkfs.ext4", "-q", "-m", "0", image.toString()) == 0
                && run("mount", "-o", "loop", image.toString(), directory.toString()) == 0) {
            return Optional.of(new SmallDisk(directory, image));
        }
        Files.delete(image);
        return Optional.empty();
    }

    private static Optional<SmallDisk> mountMemory(Path directory, int mebibytes) {
        return run("mount", "-t", "tmpfs", "-o", "size=" + mebibytes + "m", "none", directory.toString()) == 0
                ? Optional.of(new SmallDisk(directory, null))
                : Optional.empty();
    }

    Path directory() {
        return directory;
    }

    /** Fills the disk until at most this many bytes are free. */
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

    /** Frees the space that {@link #fillUpTo} used. */
    void freeSpace() throws IOException {
        Files.deleteIfExists(ballast());
    }

    @Override
    public void close() throws IOException {
        freeSpace();
        run("umount", "-l", directory.toString());
        if (image != null) {
            Files.deleteIfExists(image);
        }
    }

    private Path ballast() {
        return directory.resolve("ballast");
    }

    private static int run(String... command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getInputStream().readAllBytes();
            return process.onExit()
                    .orTimeout(TestTimeout.SECONDS, TimeUnit.SECONDS)
                    .join()
                    .exitValue();
        } catch (IOException noSuchProgram) {
            return -1;
        }
    }
}
