package dev.sluice.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** A secret in a file, which a command uses as the server does. */
final class SecretText {
    private SecretText() {}

    /** The content without white space at its end; empty if this process may not read it. */
    static Optional<String> in(Path file) {
        try {
            String text = Files.readString(file).stripTrailing();
            return text.isEmpty() ? Optional.empty() : Optional.of(text);
        } catch (IOException unreadable) {
            return Optional.empty();
        }
    }
}
