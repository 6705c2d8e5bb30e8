package dev.sluice.store.kafka;

import dev.sluice.Requirement;
import dev.sluice.store.rocksdb.LogCopy;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Three real brokers on loopback, one set for all tests of a run. {@code src/kafka/brokers.mjs} starts them, and ends
 * them when this process ends.
 */
final class KafkaBrokers {
    private static final Path SCRIPT = Path.of("src/kafka/brokers.mjs").toAbsolutePath();
    private static final Path JARS = Path.of("target/kafka");
    private static final Pattern FIELD = Pattern.compile("\"(bootstrapServers|saslBootstrapServers)\":\"([^\"]*)\"");
    private static KafkaBrokers shared;

    private final Process process;
    private final BufferedReader output;
    private final Map<String, String> addresses;

    private KafkaBrokers(Process process, BufferedReader output, Map<String, String> addresses) {
        this.process = process;
        this.output = output;
        this.addresses = addresses;
    }

    /** The brokers of this run; starts them at the first call. Skips the test if they are not installed. */
    static synchronized KafkaBrokers shared() {
        Requirement.check(Files.isDirectory(JARS), "the brokers are not installed: make kafka");
        if (shared == null) {
            shared = start();
        }
        return shared;
    }

    private static KafkaBrokers start() {
        try {
            Path directory = Files.createTempDirectory("sluice-kafka");
            Process process = new ProcessBuilder("node", SCRIPT.toString(), directory.toString())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            Runtime.getRuntime().addShutdownHook(new Thread(() -> end(process, directory)));
            BufferedReader output =
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
            return new KafkaBrokers(process, output, fields(output));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Addresses for clients without authentication. */
    String bootstrapServers() {
        return addresses.get("bootstrapServers");
    }

    /** Addresses for clients with SASL_PLAINTEXT, PLAIN, user {@code sluice} and password {@code sluice-secret}. */
    String saslBootstrapServers() {
        return addresses.get("saslBootstrapServers");
    }

    /** Ends one broker at once, as a crash does. */
    void kill(int broker) {
        command("kill " + broker);
    }

    /** Starts one broker again and waits until it takes requests. */
    void start(int broker) {
        command("start " + broker);
    }

    private synchronized void command(String line) {
        try {
            process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().flush();
            fields(output);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static Map<String, String> fields(BufferedReader output) throws IOException {
        String line = output.readLine();
        if (line == null) {
            throw new IOException("the brokers ended");
        }
        Matcher matcher = FIELD.matcher(line);
        Map<String, String> fields = new HashMap<>();
        while (matcher.find()) {
            fields.put(matcher.group(1), matcher.group(2));
        }
        return fields;
    }

    /** The script ends the brokers when its input ends. */
    private static void end(Process process, Path directory) {
        try {
            process.getOutputStream().close();
            process.waitFor();
            LogCopy.delete(directory);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
