package dev.sluice;

import io.netty.handler.ssl.OpenSsl;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * The native libraries of Netty: epoll, and BoringSSL for TLS. Netty unpacks them into the directory for temporary
 * files, loads them and deletes them. If files in that directory cannot be executed (mount option {@code noexec}),
 * another directory must be set before the first use of Netty.
 */
final class NettyLibraries {
    private static final String DIRECTORY_PROPERTY = "io.netty.native.workdir";

    private NettyLibraries() {}

    /** Whether Netty can load them from its unpack directory. Leaves no file behind. */
    static boolean canBeLoaded() {
        try {
            Path probe = Files.createTempFile(directory(), "sluice", ".probe");
            try {
                if (!Files.getFileStore(probe).supportsFileAttributeView("posix")) {
                    return true;
                }
                Files.setPosixFilePermissions(probe, PosixFilePermissions.fromString("rwx------"));
                // Always false on a file system that is mounted with noexec.
                return Files.isExecutable(probe);
            } finally {
                Files.delete(probe);
            }
        } catch (IOException notWritable) {
            return false;
        }
    }

    /** Sets the unpack directory, which must exist. Has no effect after the first use of Netty in this process. */
    static void unpackIn(Path directory) {
        System.setProperty(DIRECTORY_PROPERTY, directory.toAbsolutePath().toString());
    }

    /**
     * Loads the TLS library. Blocks, so it must not run on an event loop.
     *
     * @throws StartException if the library cannot be loaded
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
