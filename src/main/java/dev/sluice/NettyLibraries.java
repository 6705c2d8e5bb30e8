package dev.sluice;

import io.netty.handler.ssl.OpenSsl;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * The native libraries of Netty: epoll, and BoringSSL for TLS. Netty unpacks them into the directory for temporary files, loads them
 * from there, and deletes them at once. Where nothing may be executed in that directory, as with {@code noexec}, another one has to be
 * named before Netty is used for the first time.
 */
final class NettyLibraries {
    private static final String DIRECTORY_PROPERTY = "io.netty.native.workdir";

    private NettyLibraries() {}

    /** Whether Netty can load them from the directory in which it would unpack them. Leaves nothing there. */
    static boolean canBeLoaded() {
        try {
            Path probe = Files.createTempFile(directory(), "sluice", ".probe");
            try {
                if (!Files.getFileStore(probe).supportsFileAttributeView("posix")) {
                    return true;
                }
                Files.setPosixFilePermissions(probe, PosixFilePermissions.fromString("rwx------"));
                // The system says no for any file on a file system that is mounted with noexec.
                return Files.isExecutable(probe);
            } finally {
                Files.delete(probe);
            }
        } catch (IOException notWritable) {
            return false;
        }
    }

    /** Has Netty unpack them in another directory, which must be there. Without effect once Netty was used in this process. */
    static void unpackIn(Path directory) {
        System.setProperty(DIRECTORY_PROPERTY, directory.toAbsolutePath().toString());
    }

    /**
     * Loads what TLS needs. Blocks, so it is not for event loops.
     *
     * @throws StartException if it cannot be loaded
     */
    static void requireTls() {
        if (!OpenSsl.isAvailable()) {
            throw new StartException("the native library for TLS cannot be loaded from " + directory() + " ("
                    + reason(OpenSsl.unavailabilityCause())
                    + "); if nothing may be executed there (noexec), name another"
                    + " directory with java -Djava.io.tmpdir=DIR");
        }
    }

    private static Path directory() {
        String temporary = System.getProperty("io.netty.tmpdir", System.getProperty("java.io.tmpdir"));
        return Path.of(System.getProperty(DIRECTORY_PROPERTY, temporary));
    }

    private static String reason(Throwable failure) {
        String text = String.valueOf(failure.getMessage());
        return text.lines().findFirst().orElse(failure.toString());
    }
}
