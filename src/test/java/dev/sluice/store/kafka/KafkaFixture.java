package dev.sluice.store.kafka;

import dev.sluice.store.CommitMeter;
import dev.sluice.store.QueueStore;
import dev.sluice.store.StoreFixture;
import dev.sluice.store.rocksdb.LogCopy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** Creates stores on real brokers: a topic for each test, and a directory for each process that a test stands for. */
final class KafkaFixture implements StoreFixture {
    private static final AtomicInteger TOPICS = new AtomicInteger();

    private Path root;
    private KafkaOptions options;
    private int directories;

    @Override
    public QueueStore open() throws IOException {
        root = Files.createTempDirectory("sluice-kafka-store");
        options = options(KafkaBrokers.shared().bootstrapServers(), newPrefix(), root.resolve("node"));
        return KafkaQueueStore.openAndOwn(options, CommitMeter.NONE);
    }

    /** A prefix of topics that no other test uses. */
    static String newPrefix() {
        return "test" + TOPICS.incrementAndGet();
    }

    static KafkaOptions options(String bootstrapServers, String prefix, Path directory) {
        return new KafkaOptions(
                bootstrapServers, Map.of(), prefix, 1, KafkaOptions.SNAPSHOT_LOG_BYTES, "test", directory);
    }

    @Override
    public QueueStore reopen(QueueStore store) {
        store.close();
        return KafkaQueueStore.openAndOwn(options, CommitMeter.NONE);
    }

    /** Opens with an empty directory: the node and its disk were lost. */
    @Override
    public QueueStore crash(QueueStore store) {
        store.close();
        Path lost = root.resolve("node" + ++directories);
        options = options(options.bootstrapServers(), options.topicPrefix(), lost);
        return KafkaQueueStore.openAndOwn(options, CommitMeter.NONE);
    }

    @Override
    public void clear() {
        LogCopy.delete(root);
    }
}
