package dev.sluice.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Requirement;
import dev.sluice.TestSeed;
import dev.sluice.TestTimeout;
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
 * Fuzzes every target, each in its own process, because the fuzzer supports only one per process. By default it runs a
 * fixed number of executions with a fixed seed, from the corpora in the tree. {@code -Dsluice.fuzz.seconds=N} runs for
 * that time instead, with a random seed, and also from the inputs that earlier such runs left below {@code
 * target/fuzz}. An execution that does not end is reported as a hang.
 *
 * <p>{@code -Dsluice.fuzz.target=Name} selects a target; {@code target/fuzz/executions.txt} contains a summary.
 */
class CoverageGuidedFuzzingIT {
    private static final int EXECUTIONS_MIN = 20_000;
    /** The limits of memory and processor time in the targets find inputs that are merely slow. */
    private static final int HANG_SECONDS = 120;

    private static final Path DIRECTORY = Path.of("target", "fuzz").toAbsolutePath();
    private static final Pattern EXECUTIONS = Pattern.compile("stat::number_of_executed_units: +(\\d+)");

    static Stream<String> targets() {
        String wanted = System.getProperty("sluice.fuzz.target", "");
        return FuzzTargets.ALL.stream().filter(target -> wanted.isEmpty() || target.endsWith('.' + wanted));
    }

    @ParameterizedTest
    @MethodSource("targets")
    void nothingIsFound(String target) throws IOException, InterruptedException {
        Requirement.check(hasNativeDriver(), "the fuzzer has no native code for this platform");
        long seconds = Integer.getInteger("sluice.fuzz.seconds", 0);
        Path directory = DIRECTORY.resolve(FuzzTargets.nameOf(target));
        Path log = directory.resolve("log");
        Path corpus = directory.resolve("corpus");
        Files.createDirectories(corpus);
        if (seconds == 0) {
            corpus = Files.createTempDirectory(directory, "fixed");
        }
        Process fuzzer = new ProcessBuilder(command(target, directory, corpus, seconds))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        boolean ended = fuzzer.waitFor(seconds + TestTimeout.SECONDS, TimeUnit.SECONDS);
        fuzzer.destroyForcibly();
        String output = Files.readString(log, StandardCharsets.ISO_8859_1);
        assertThat(ended && fuzzer.waitFor() == 0)
                .as("%s found an input, kept below %s:%n%s", target, directory, tail(output))
                .isTrue();
        Matcher executions = EXECUTIONS.matcher(output);
        assertThat(executions.find()).as(output).isTrue();
        assertThat(Long.parseLong(executions.group(1))).as("executions").isGreaterThanOrEqualTo(EXECUTIONS_MIN);
        Files.writeString(
                DIRECTORY.resolve("executions.txt"),
                FuzzTargets.nameOf(target) + ' ' + executions.group(1) + System.lineSeparator(),
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
    }

    private static List<String> command(String target, Path directory, Path corpus, long seconds) {
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
                seconds == 0 ? "-runs=" + EXECUTIONS_MIN : "-max_total_time=" + seconds,
                "-seed=" + (seconds == 0 ? TestSeed.of(target) : 0),
                "-timeout=" + HANG_SECONDS,
                "-rss_limit_mb=0",
                "-print_final_stats=1",
                corpus.toString(),
                FuzzTargets.corpusOf(target).toString());
    }

    /** The platforms for which the jar of the fuzzer has native code. */
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
