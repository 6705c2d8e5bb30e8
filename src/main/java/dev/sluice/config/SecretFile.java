package dev.sluice.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file that holds one secret, as Docker and Kubernetes mount them. White space at the end is no part of it. */
final class SecretFile {
    private static final int BYTES_MAX = 4_096;

    private SecretFile() {}

    /**
     * Reads it.
     *
     * @throws ValueType.InvalidValueException without a path, and with a text that follows the name of the key
     */
    static Secret read(Path file) throws ValueType.InvalidValueException {
        byte[] content;
        try (InputStream in = Files.newInputStream(file)) {
            content = in.readNBytes(BYTES_MAX + 1);
        } catch (IOException unreadable) {
            throw new ValueType.InvalidValueException(null, "names a file that cannot be read: " + file);
        }
        String text = new String(content, StandardCharsets.UTF_8).stripTrailing();
        if (text.isEmpty() || content.length > BYTES_MAX || !text.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            throw new ValueType.InvalidValueException(
                    null, "must name a file with one line of visible ASCII characters: " + file);
        }
        return new Secret(text);
    }
}
