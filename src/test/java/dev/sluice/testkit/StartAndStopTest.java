package dev.sluice.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class StartAndStopTest {
    private static final int STARTS = 50;
    private static final long HEAP_BYTES_MAX = 20L << 20;

    @Test
    void fiftyStartsAndStopsLeaveNoThreadFileOrMemoryBehind() throws IOException {
        startAndStop();
        startAndStop();
        Set<Path> directories = temporaryDirectories();
        int threads = Thread.activeCount();
        long files = openFiles();
        long heapBytes = usedHeap();

        for (int i = 0; i < STARTS; i++) {
            startAndStop();
        }

        Awaitility.await().untilAsserted(() -> {
            assertThat(Thread.activeCount()).isLessThanOrEqualTo(threads + 2);
            assertThat(openFiles()).isLessThanOrEqualTo(files + 4);
        });
        Awaitility.await()
                .untilAsserted(() -> assertThat(temporaryDirectories()).isSubsetOf(directories));
        Awaitility.await()
                .untilAsserted(() -> assertThat(usedHeap() - heapBytes).isLessThan(HEAP_BYTES_MAX));
    }

    private static void startAndStop() {
        try (SluiceServer server = SluiceServer.start("orders")) {
            server.queue("orders").push("x");
            assertThat(server.drain("orders")).hasSize(1);
        }
    }

    private static long openFiles() throws IOException {
        Path descriptors = Path.of("/proc/self/fd");
        if (!Files.isDirectory(descriptors)) {
            return 0;
        }
        try (Stream<Path> open = Files.list(descriptors)) {
            return open.count();
        }
    }

    private static Set<Path> temporaryDirectories() throws IOException {
        try (Stream<Path> all = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return all.filter(path -> path.getFileName().toString().matches(".*(vertx|netty|rocksdb).*"))
                    .collect(Collectors.toSet());
        }
    }

    private static long usedHeap() {
        MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
        memory.gc();
        return memory.getHeapMemoryUsage().getUsed();
    }
}
