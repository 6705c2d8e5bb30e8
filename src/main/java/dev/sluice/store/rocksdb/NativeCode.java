package dev.sluice.store.rocksdb;

import dev.sluice.store.StoreException;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.zip.CRC32;
import org.rocksdb.RocksDB;
import org.rocksdb.util.Environment;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The native library of RocksDB: unpacked from the jar into the data directory and kept there, so that only the first start
 * pays for it. RocksDB's own way unpacks 15 MB at every start, and in the directory for temporary files every killed process
 * leaves another copy behind.
 */
final class NativeCode {
    private static final Logger LOG = LoggerFactory.getLogger(NativeCode.class);
    private static final int BUFFER_BYTES = 256 * 1024;

    private static final String PACKED_NAME = Environment.getJniLibraryFileName("rocksdb");
    /** What {@link RocksDB#loadLibrary(List)} looks for, which is not the name that the library has in the jar. */
    private static final String UNPACKED_NAME = Environment.getJniLibraryFileName("rocksdbjni");

    private NativeCode() {}

    /**
     * Loads it, once per process. Where nothing below the data directory may be executed, RocksDB's own way is the way out.
     *
     * @throws StoreException if neither works
     */
    static void load(Path directory) {
        try {
            unpack(directory);
            RocksDB.loadLibrary(List.of(directory.toString()));
        } catch (IOException | RuntimeException | LinkageError notThere) {
            LOG.info("Native code cannot be loaded from {}, trying elsewhere: {}", directory, notThere.toString());
        }
        try {
            RocksDB.loadLibrary();
        } catch (RuntimeException | LinkageError failure) {
            throw new StoreException("the native code of RocksDB cannot be loaded: " + failure.getMessage(), failure);
        }
    }

    /** Makes the library in that directory what the jar says it is, unless it is that already; answers the file. */
    static Path unpack(Path directory) throws IOException {
        URL packed = RocksDB.class.getClassLoader().getResource(PACKED_NAME);
        if (packed == null) {
            throw new IOException("the program has no " + PACKED_NAME);
        }
        Path library = directory.resolve(UNPACKED_NAME);
        if (packed.openConnection() instanceof JarURLConnection jar && isUnpacked(jar.getJarEntry(), library)) {
            return library;
        }
        Files.createDirectories(directory);
        Path unfinished = directory.resolve(UNPACKED_NAME + ".new");
        try (InputStream content = packed.openStream()) {
            Files.copy(content, unfinished, StandardCopyOption.REPLACE_EXISTING);
        }
        return Files.move(unfinished, library, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Whether the file is whole and of this jar: an update brings another library, a power loss may leave half of one. */
    private static boolean isUnpacked(JarEntry packed, Path library) throws IOException {
        return Files.exists(library) && Files.size(library) == packed.getSize() && crc(library) == packed.getCrc();
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
