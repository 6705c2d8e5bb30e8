package dev.sluice.store.rocksdb;

import dev.sluice.store.StoreException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.rocksdb.RocksDB;
import org.rocksdb.util.Environment;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads the native library of RocksDB. It is unpacked from the jar into the data directory and kept there, so that only
 * the first start pays for unpacking. RocksDB's own loader unpacks 15 MB at every start, and each killed process leaves
 * a copy in the directory for temporary files.
 */
final class NativeLibrary {
    private static final Logger LOG = LoggerFactory.getLogger(NativeLibrary.class);
    private static final int BUFFER_BYTES = 256 * 1024;

    private static final String PACKED_NAME = Environment.getJniLibraryFileName("rocksdb");
    /** The file name that {@link RocksDB#loadLibrary(List)} expects. It differs from the name in the jar. */
    private static final String UNPACKED_NAME = Environment.getJniLibraryFileName("rocksdbjni");

    private NativeLibrary() {}

    /**
     * Loads the library, once per process. If files in the data directory cannot be executed, it is unpacked into the
     * directory for temporary files and deleted there as soon as it is loaded.
     *
     * @throws StoreException if neither works
     */
    static void load(Path directory) {
        load(directory, target -> {
            unpack(target);
            removeLeftovers(target);
        });
    }

    /**
     * Deletes other files. Netty unpacks its own libraries into the directory and deletes each once it is loaded; a
     * process killed in between leaves one behind.
     */
    static void removeLeftovers(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                if (!file.endsWith(UNPACKED_NAME) && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    /**
     * Like {@link #load}, but changes nothing in the directory: if there is no complete library of this version, the
     * directory for temporary files is used.
     */
    static void loadUnchanged(Path directory) {
        load(directory, target -> {
            if (!isUnpacked(target)) {
                throw new NoSuchFileException(target.resolve(UNPACKED_NAME).toString());
            }
        });
    }

    @FunctionalInterface
    private interface LibraryPreparation {
        void prepare(Path directory) throws IOException;
    }

    private static void load(Path directory, LibraryPreparation preparation) {
        // The JVM loads libraries from absolute paths only.
        Path own = directory.toAbsolutePath();
        Throwable firstFailure;
        try {
            preparation.prepare(own);
            RocksDB.loadLibrary(List.of(own.toString()));
            return;
        } catch (IOException | RuntimeException | LinkageError failure) {
            firstFailure = failure;
        }
        try {
            loadFromTemporaryDirectory();
        } catch (IOException | RuntimeException | LinkageError failure) {
            throw new StoreException(
                    "the native library of RocksDB can be loaded neither from " + own + " nor from the directory for"
                            + " temporary files (" + failure.getMessage()
                            + "); if nothing may be executed there (noexec), name another one with java"
                            + " -Djava.io.tmpdir=DIR",
                    failure);
        }
        if (!(firstFailure instanceof NoSuchFileException)) {
            LOG.info(
                    "The native library of RocksDB was loaded from the directory for temporary files, because it cannot be"
                            + " loaded from {}: {}",
                    own,
                    firstFailure.toString());
        }
    }

    private static void loadFromTemporaryDirectory() throws IOException {
        Path directory = Files.createTempDirectory("sluice-native-");
        try {
            unpack(directory);
            RocksDB.loadLibrary(List.of(directory.toString()));
        } finally {
            try (Stream<Path> files = Files.list(directory)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(directory);
        }
    }

    /** Unpacks the library into the directory, unless an identical one is there. Returns the file. */
    static Path unpack(Path directory) throws IOException {
        Path library = directory.resolve(UNPACKED_NAME);
        if (isUnpacked(directory)) {
            return library;
        }
        DurableDirectories.create(directory);
        Path unfinished = directory.resolve(UNPACKED_NAME + ".new");
        Files.deleteIfExists(unfinished);
        Files.createFile(unfinished, OwnerOnly.file(directory));
        try (InputStream content = packed().openStream();
                OutputStream file = Files.newOutputStream(unfinished)) {
            content.transferTo(file);
        }
        return Files.move(unfinished, library, StandardCopyOption.ATOMIC_MOVE);
    }

    private static URL packed() throws IOException {
        URL packed = RocksDB.class.getClassLoader().getResource(PACKED_NAME);
        if (packed == null) {
            throw new IOException("the program has no " + PACKED_NAME);
        }
        return packed;
    }

    /**
     * Whether the file is identical to the one in the jar. An update brings another library, and a power loss may leave
     * a partial one.
     */
    private static boolean isUnpacked(Path directory) throws IOException {
        Path library = directory.resolve(UNPACKED_NAME);
        if (!(packed().openConnection() instanceof JarURLConnection jar) || !Files.exists(library)) {
            return false;
        }
        JarEntry entry = jar.getJarEntry();
        return Files.size(library) == entry.getSize() && crc(library) == entry.getCrc();
    }

    private static long crc(Path file) throws IOException {
        CRC32 crc = new CRC32();
        ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
        try (FileChannel channel = FileChannel.open(file)) {
            while (channel.read(buffer) >= 0) {
                crc.update(buffer.flip());
                buffer.clear();
            }
        }
        return crc.getValue();
    }
}
