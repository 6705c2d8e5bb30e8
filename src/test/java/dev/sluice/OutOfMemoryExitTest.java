package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cli.Main;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Processes that run out of memory in different places. {@code out-of-memory.test.js} does the same with a complete
 * server.
 */
class OutOfMemoryExitTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "thread",
                "main",
                "eventLoop",
                "timer",
                "future",
                "netty",
                "pipeline",
                "loggedCause",
                "loggedArgument"
            })
    void aProcessThatRunsOutOfMemoryEndsWithOneLineAndExitCodeFour(String place) throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        "-Xmx32m",
                        ExhaustedProcess.class.getName(),
                        place)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        String errorOutput = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor()).as(errorOutput).isEqualTo(Main.OUT_OF_MEMORY);
        assertThat(errorOutput).startsWith("sluice: out of memory").hasLineCount(1);
    }

    @Test
    void onlyOutOfMemoryErrorsAreDetected() {
        OutOfMemoryError error = new OutOfMemoryError("test");
        assertThat(OutOfMemoryExit.isOutOfMemory(new CompletionException(new IllegalStateException(error))))
                .isTrue();
        assertThat(OutOfMemoryExit.isOutOfMemory(new StackOverflowError())).isFalse();
        assertThat(OutOfMemoryExit.isOutOfMemory(new IllegalStateException())).isFalse();
        assertThat(OutOfMemoryExit.isOutOfMemory(null)).isFalse();
    }
}
