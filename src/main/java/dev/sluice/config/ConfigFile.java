package dev.sluice.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Reads files that people write. Blocks; reads no more than a bound, also from a device or a pipe. */
public final class ConfigFile {
    private static final String BYTE_ORDER_MARK = "\uFEFF";

    private ConfigFile() {}

    /**
     * The text of a file, without a byte order mark.
     *
     * @param what the file's purpose, for errors
     * @throws ConfigException if the file cannot be read, is larger than {@code bytesMax}, or is not UTF-8
     */
    public static String read(Path file, String what, int bytesMax) {
        String cannot = "cannot read the " + what + " " + file + ": ";
        if (Files.isDirectory(file)) {
            throw new ConfigException(cannot + "it is a directory");
        }
        byte[] content;
        try (InputStream input = Files.newInputStream(file)) {
            content = input.readNBytes(bytesMax + 1);
        } catch (NoSuchFileException absent) {
            throw new ConfigException(cannot + "it does not exist");
        } catch (AccessDeniedException denied) {
            throw new ConfigException(cannot + "the user of this process may not read it");
        } catch (IOException unreadable) {
            throw new ConfigException(cannot + unreadable.getMessage());
        }
        if (content.length > bytesMax) {
            throw new ConfigException(cannot + "it is larger than " + bytesMax + " bytes");
        }
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(content))
                    .toString();
            return text.startsWith(BYTE_ORDER_MARK) ? text.substring(BYTE_ORDER_MARK.length()) : text;
        } catch (CharacterCodingException malformed) {
            throw new ConfigException(cannot + "it is not UTF-8");
        }
    }
}
