package dev.sluice;

import dev.sluice.config.Secret;
import dev.sluice.config.StorageConfig;
import dev.sluice.config.StorageConfig.Engine;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;

/**
 * The account and token of a server for which nobody configured credentials. They are made at the first start and kept in
 * the storage directory, readable by its owner only; with the memory engine they last as long as the process.
 *
 * @param accountId 32 hexadecimal digits
 * @param token the token, with full rights on this account
 * @param file where both are kept, if they are
 * @param isNew whether they were made just now
 */
public record GeneratedCredentials(String accountId, Secret token, Optional<Path> file, boolean isNew) {
    private static final String FILE_NAME = "credentials";

    /** Reads the credentials of this storage, or makes them. The store must be open, so that the directory is known to be ours. */
    public static GeneratedCredentials open(StorageConfig storage, SecureRandom random) {
        if (storage.engine() == Engine.MEMORY) {
            return make(random, Optional.empty());
        }
        Path file = storage.directory().toAbsolutePath().normalize().resolve(FILE_NAME);
        try {
            return parse(Files.readString(file), file);
        } catch (NoSuchFileException e) {
            GeneratedCredentials made = make(random, Optional.of(file));
            made.write(file);
            return made;
        } catch (IOException e) {
            throw new StartException("cannot read the credentials in " + file + ": " + e);
        }
    }

    /** The made token in a data directory; empty if there is none that this process may read. */
    public static Optional<Secret> tokenIn(Path directory) {
        Path file = directory.resolve(FILE_NAME);
        try {
            return Optional.of(parse(Files.readString(file), file).token());
        } catch (IOException notThere) {
            return Optional.empty();
        }
    }

    /** Puts the credentials of that file into another directory, as readable as they are. */
    public static void copy(Path file, Path directory) {
        try {
            Files.copy(file, directory.resolve(FILE_NAME), StandardCopyOption.COPY_ATTRIBUTES);
        } catch (IOException e) {
            throw new StartException("cannot copy the credentials in " + file + ": " + e);
        }
    }

    private static GeneratedCredentials make(SecureRandom random, Optional<Path> file) {
        return new GeneratedCredentials(hex(random, 16), new Secret("sluice_" + hex(random, 20)), file, true);
    }

    private static String hex(SecureRandom random, int bytes) {
        byte[] drawn = new byte[bytes];
        random.nextBytes(drawn);
        return HexFormat.of().formatHex(drawn);
    }

    private static GeneratedCredentials parse(String text, Path file) {
        Properties lines = new Properties();
        try {
            lines.load(new StringReader(text));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        String accountId = lines.getProperty("account_id", "");
        String token = lines.getProperty("token", "");
        if (!accountId.matches("[0-9a-f]{32}") || !token.matches("[!-~]+")) {
            throw new StartException("the credentials in " + file
                    + " are damaged: it must hold account_id=<32 hexadecimal digits> and token=<token>");
        }
        return new GeneratedCredentials(accountId, new Secret(token), Optional.of(file), false);
    }

    /** Writes the file beside its place, syncs it and moves it there for good, so that it is whole or absent. */
    private void write(Path file) {
        String text = "account_id=" + accountId + "\ntoken=" + token.value() + "\n";
        Path draft = file.resolveSibling(FILE_NAME + ".new");
        try {
            Files.deleteIfExists(draft);
            Set<StandardOpenOption> options = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            try (FileChannel channel = FileChannel.open(draft, options, ownerOnly())) {
                channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
                channel.force(true);
            }
            Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
            // Or the name could be lost with the power, and with it the way to what was pushed.
            try (FileChannel directory = FileChannel.open(file.getParent(), StandardOpenOption.READ)) {
                directory.force(true);
            }
        } catch (IOException e) {
            throw new StartException("cannot keep the credentials in " + file + ": " + e);
        }
    }

    private static FileAttribute<?>[] ownerOnly() {
        boolean posix = FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
        return posix
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
    }
}
