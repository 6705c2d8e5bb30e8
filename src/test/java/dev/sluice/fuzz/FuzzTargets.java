package dev.sluice.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The surfaces that are fuzzed, and the inputs in the tree from which fuzzing starts. */
final class FuzzTargets {
    /** Classes with a {@code fuzzerTestOneInput(byte[])}. */
    static final List<String> ALL = List.of(
            "dev.sluice.api.PushFuzz",
            "dev.sluice.api.PullFuzz",
            "dev.sluice.api.TokenListsFuzz",
            "dev.sluice.api.LeaseTokensFuzz",
            "dev.sluice.api.QueryStringFuzz",
            "dev.sluice.api.MessagePathFuzz",
            "dev.sluice.store.RecordFormatFuzz",
            "dev.sluice.store.StoredRowsFuzz",
            "dev.sluice.runtime.CatalogRecordsFuzz");

    private FuzzTargets() {}

    /** The name of a target without its package. */
    static String nameOf(String target) {
        return target.substring(target.lastIndexOf('.') + 1);
    }

    /** Where the inputs of a target lie. */
    static Path corpusOf(String target) {
        return Path.of("src/test/resources/corpus", nameOf(target)).toAbsolutePath();
    }

    /** The inputs of a target, by name. */
    static List<Path> inputsOf(String target) throws IOException {
        try (Stream<Path> files = Files.list(corpusOf(target))) {
            return files.sorted().toList();
        }
    }

    /** Runs a target on one input. */
    static void run(String target, byte[] input) throws Throwable {
        try {
            Class.forName(target).getMethod("fuzzerTestOneInput", byte[].class).invoke(null, (Object) input);
        } catch (java.lang.reflect.InvocationTargetException failure) {
            throw failure.getCause();
        }
    }
}
