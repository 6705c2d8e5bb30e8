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
 * Which paths RocksDB can be given. Its Java interface hands names over in the Java machine's own variant of UTF-8, so that a name
 * which the file system has in other bytes would be another file: characters beyond U+FFFF, such as emoji, in any locale, and all
 * outside ASCII in a locale that is not UTF-8.
 */
final class NativePaths {
    private static final int LENGTH_BYTES = 2;

    private NativePaths() {}

    /**
     * Lets through what RocksDB finds where Java finds it.
     *
     * @throws StoreException with one line for the operator
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
