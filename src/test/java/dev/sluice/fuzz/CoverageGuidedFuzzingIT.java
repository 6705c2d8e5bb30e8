package dev.sluice.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Fuzzes every target for a while, each in a process of its own, because the fuzzer can do one per process. It starts from the
 * inputs in the tree and what earlier runs left below {@code target/fuzz}. An execution that takes ten seconds is a hang.
 *
 * <p>{@code -Dsluice.fuzz.seconds=N} sets the time for each target, {@code -Dsluice.fuzz.target=Name} chooses one;
 * {@code target/fuzz/executions.txt} sums up.
 */
class CoverageGuidedFuzzingIT {
    private static final int SECONDS = 14;
    private static final int HANG_SECONDS = 10;
    /** What the slowest target does in a second on a busy machine, many times over; fewer have tried nothing. */
    private static final long EXECUTIONS_MIN_PER_SECOND = 100;

    private static final Path DIRECTORY = Path.of("target", "fuzz").toAbsolutePath();
    private static final Pattern EXECUTIONS = Pattern.compile("stat::number_of_executed_units: +(\\d+)");

    static Stream<String> targets() {
        String wanted = System.getProperty("sluice.fuzz.target", "");
        return FuzzTargets.ALL.stream().filter(target -> wanted.isEmpty() || target.endsWith('.' + wanted));
    }

    @ParameterizedTest
    @MethodSource("targets")
    void nothingIsFound(String target) throws IOException, InterruptedException {
        assumeTrue(hasNativeDriver(), "the fuzzer has no native code for this platform");
        int seconds = Integer.getInteger("sluice.fuzz.seconds", SECONDS);
        Path directory = DIRECTORY.resolve(FuzzTargets.nameOf(target));
        Path log = directory.resolve("log");
        Files.createDirectories(directory.resolve("corpus"));
        Process fuzzer = new ProcessBuilder(command(target, directory, seconds))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        boolean ended = fuzzer.waitFor(seconds + 300L, TimeUnit.SECONDS);
        fuzzer.destroyForcibly();
        String output = Files.readString(log, StandardCharsets.ISO_8859_1);
        assertThat(ended && fuzzer.waitFor() == 0)
                .as("%s found an input, kept below %s:%n%s", target, directory, tail(output))
                .isTrue();
        Matcher executions = EXECUTIONS.matcher(output);
        assertThat(executions.find()).as(output).isTrue();
        assertThat(Long.parseLong(executions.group(1)))
                .as("executions in %s s", seconds)
                .isGreaterThanOrEqualTo(seconds * EXECUTIONS_MIN_PER_SECOND);
        Files.writeString(
                DIRECTORY.resolve("executions.txt"),
                FuzzTargets.nameOf(target) + ' ' + executions.group(1) + System.lineSeparator(),
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
    }

    private static List<String> command(String target, Path directory, int seconds) {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-cp",
                System.getProperty("java.class.path"),
                "com.code_intelligence.jazzer.Jazzer",
                "--target_class=" + target,
                "--instrumentation_includes=dev.sluice.**",
                "--custom_hook_includes=dev.sluice.**",
                "--reproducer_path=" + directory,
                "-artifact_prefix=" + directory + '/',
                "-max_total_time=" + seconds,
                "-timeout=" + HANG_SECONDS,
                "-rss_limit_mb=0",
                "-print_final_stats=1",
                directory.resolve("corpus").toString(),
                FuzzTargets.corpusOf(target).toString());
    }

    /** The fuzzer's jar has code for these. */
    private static boolean hasNativeDriver() {
        String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        boolean intel = List.of("amd64", "x86_64").contains(System.getProperty("os.arch"));
        return intel || system.startsWith("mac");
    }

    private static String tail(String output) {
        int start = output.indexOf("== Java Exception");
        return output.substring(start >= 0 ? start : Math.max(0, output.length() - 4_000));
    }
}
