package dev.sluice.store.rocksdb;

import dev.sluice.store.StoreException;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Checks that RocksDB can open a path. Its Java interface passes names in the JVM's modified UTF-8. If the file system
 * encodes a name differently, RocksDB opens another file: this affects characters beyond U+FFFF, such as emoji, in any
 * locale, and all non-ASCII characters in a locale that is not UTF-8.
 */
final class NativePaths {
    private static final int LENGTH_BYTES = 2;

    private NativePaths() {}

    /**
     * Checks that Java and RocksDB resolve the path to the same file.
     *
     * @throws StoreException with one line for the operator, if they do not
     */
    static void require(Path path) {
        Charset names = Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"));
        String text = path.toString();
        if (File.separatorChar == '/' && !Arrays.equals(text.getBytes(names), modifiedUtf8(text))) {
            throw new StoreException("directory " + path
                    + " cannot be used: RocksDB cannot open a name with such characters"
                    + (names.name().equals("UTF-8")
                            ? " (emoji and others beyond U+FFFF)"
                            : " in a locale with the encoding " + names + "; LC_ALL=C.UTF-8 is one with which it can")
                    + "; use a path without them");
        }
    }

    private static byte[] modifiedUtf8(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream data = new DataOutputStream(bytes)) {
            data.writeUTF(text);
        } catch (IOException tooLong) {
            throw new UncheckedIOException(tooLong);
        }
        return Arrays.copyOfRange(bytes.toByteArray(), LENGTH_BYTES, bytes.size());
    }
}
