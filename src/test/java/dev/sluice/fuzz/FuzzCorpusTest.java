package dev.sluice.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The corpora in the tree, with all inputs that fuzzing has found, as fast tests: complete, and cut at every byte. */
class FuzzCorpusTest {
    static Stream<String> targets() {
        return FuzzTargets.ALL.stream();
    }

    @ParameterizedTest
    @MethodSource("targets")
    void everyInputInTheTreePasses(String target) throws Throwable {
        assertThat(FuzzTargets.inputsOf(target)).isNotEmpty();
        for (Path file : FuzzTargets.inputsOf(target)) {
            run(target, file);
        }
    }

    private static void run(String target, Path file) throws IOException {
        byte[] input = Files.readAllBytes(file);
        for (int length = input.length; length >= 0; length--) {
            try {
                FuzzTargets.run(target, Arrays.copyOf(input, length));
            } catch (Throwable failure) {
                throw new AssertionError(file + ", the first " + length + " bytes", failure);
            }
        }
    }
}
