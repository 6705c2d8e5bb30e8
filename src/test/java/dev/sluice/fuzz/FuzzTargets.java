package dev.sluice.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The fuzz targets, and their corpora in the tree from which fuzzing starts. */
final class FuzzTargets {
    /** Classes with a {@code fuzzerTestOneInput(byte[])}. */
    static final List<String> ALL = List.of(
            "dev.sluice.api.message.PushFuzz",
            "dev.sluice.api.binding.BindingFuzz",
            "dev.sluice.api.message.PullFuzz",
            "dev.sluice.api.message.TokenListsFuzz",
            "dev.sluice.api.message.LeaseTokensFuzz",
            "dev.sluice.api.QueryStringFuzz",
            "dev.sluice.api.MessagePathFuzz",
            "dev.sluice.store.RecordFormatFuzz",
            "dev.sluice.store.StoredRowsFuzz",
            "dev.sluice.runtime.catalog.CatalogRecordsFuzz");

    private FuzzTargets() {}

    /** The name of a target without its package. */
    static String nameOf(String target) {
        return target.substring(target.lastIndexOf('.') + 1);
    }

    /** The directory of the inputs of a target. */
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
