import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * Copies the fat jar without the native libraries of other platforms:
 *
 * <pre>java SlimJar.java FAT_JAR SLIM_JAR NATIVE_LIBRARY…</pre>
 *
 * <p>Entries are stored without compression: classes load faster, and the archive around the jar is compressed as a
 * whole. Order and times are those of the fat jar, so that the same fat jar becomes the same bytes. Ends with 1 if the
 * fat jar does not contain each of the named libraries.
 */
final class SlimJar {
    private static final Pattern NATIVE = Pattern.compile(".*\\.(so|dll|jnilib|dylib)");

    private SlimJar() {}

    public static void main(String[] args) throws IOException {
        Set<String> missing = new TreeSet<>(Arrays.asList(args).subList(2, args.length));
        Set<String> wanted = Set.copyOf(missing);
        try (ZipFile fat = new ZipFile(args[0]);
                OutputStream file = Files.newOutputStream(Path.of(args[1]));
                ZipOutputStream slim = new ZipOutputStream(file)) {
            List<ZipEntry> entries = new ArrayList<>(Collections.list(fat.entries()));
            for (ZipEntry entry : entries) {
                if (NATIVE.matcher(entry.getName()).matches() && !wanted.contains(entry.getName())) {
                    continue;
                }
                missing.remove(entry.getName());
                store(slim, entry, fat.getInputStream(entry).readAllBytes());
            }
        }
        if (!missing.isEmpty()) {
            System.err.println("SlimJar: " + args[0] + " does not contain " + missing);
            System.exit(1);
        }
    }

    private static void store(ZipOutputStream slim, ZipEntry original, byte[] bytes) throws IOException {
        CRC32 checksum = new CRC32();
        checksum.update(bytes);
        ZipEntry entry = new ZipEntry(original.getName());
        entry.setTimeLocal(original.getTimeLocal());
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(bytes.length);
        entry.setCrc(checksum.getValue());
        slim.putNextEntry(entry);
        slim.write(bytes);
        slim.closeEntry();
    }
}
