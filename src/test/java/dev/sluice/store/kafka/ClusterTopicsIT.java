package dev.sluice.store.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.store.CommitMeter;
import dev.sluice.store.StoreException;
import dev.sluice.store.log.LogIdentity;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the topics must be, on real brokers. */
class ClusterTopicsIT {
    @TempDir
    Path directory;

    private final String prefix = KafkaFixture.newPrefix();
    private final KafkaOptions options =
            KafkaFixture.options(KafkaBrokers.shared().bootstrapServers(), prefix, Path.of("unused"));

    @Test
    void aMissingTopicIsMadeAsItMustBe() {
        LogIdentity made = ClusterTopics.require(options);

        assertThat(ClusterTopics.require(options)).isEqualTo(made);
    }

    @ParameterizedTest
    @CsvSource({
        "min.insync.replicas, 1",
        "min.insync.replicas, 3",
        "unclean.leader.election.enable, true",
        "max.message.bytes, 1048588",
        "cleanup.policy, compact",
        "'cleanup.policy', 'compact,delete'",
        "retention.ms, 604800000",
        "retention.bytes, 1000000000",
        "compression.type, gzip",
    })
    void aSettingThatCouldLoseMessagesIsRefusedByName(String name, String value) throws Exception {
        Map<String, String> settings = new HashMap<>(ClusterTopics.settings());
        settings.put(name, value);
        make(new NewTopic(options.logTopic(), 1, (short) 3).configs(settings));

        assertThatThrownBy(() -> ClusterTopics.require(options))
                .isInstanceOf(StoreException.class)
                .hasMessageContainingAll(options.logTopic(), name + "=" + value);
    }

    @ParameterizedTest
    @CsvSource({"1, 2, replication factor", "2, 3, partitions"})
    void aTopicOfAnotherShapeIsRefused(int partitions, short replicas, String named) throws Exception {
        make(new NewTopic(options.logTopic(), partitions, replicas).configs(ClusterTopics.settings()));

        assertThatThrownBy(() -> ClusterTopics.require(options))
                .isInstanceOf(StoreException.class)
                .hasMessageContainingAll(options.logTopic(), named);
    }

    @Test
    void aTopicThatWasDeletedAndMadeAgainIsRefusedByTheNodeThatKnewIt() throws Exception {
        KafkaOptions node = KafkaFixture.options(options.bootstrapServers(), prefix, directory);
        KafkaQueueStore.openAndOwn(node, CommitMeter.NONE).close();
        try (Admin admin = admin()) {
            admin.deleteTopics(List.of(options.logTopic())).all().get();
        }
        ClusterTopics.require(options);

        assertThatThrownBy(() -> KafkaQueueStore.openAndOwn(node, CommitMeter.NONE))
                .hasMessageContaining("the topic of the log was deleted and made again");
    }

    @Test
    void aCatalogThatWasDeletedIsNotTakenForAnEmptyOne() throws Exception {
        KafkaQueueStore.openAndOwn(
                        KafkaFixture.options(options.bootstrapServers(), prefix, directory), CommitMeter.NONE)
                .close();
        try (Admin admin = admin()) {
            admin.deleteTopics(List.of(options.catalogTopic())).all().get();
        }
        KafkaOptions other = KafkaFixture.options(options.bootstrapServers(), prefix, directory.resolve("other"));

        assertThatThrownBy(() -> KafkaQueueStore.openAndOwn(other, CommitMeter.NONE))
                .hasMessageContainingAll(options.catalogTopic(), "is empty", "has records");
    }

    @Test
    void aLogWhoseBeginningWasDeletedIsRefusedByANodeWithoutACopy() throws Exception {
        KafkaQueueStore.openAndOwn(
                        KafkaFixture.options(options.bootstrapServers(), prefix, directory), CommitMeter.NONE)
                .close();
        TopicPartition partition = new TopicPartition(options.logTopic(), 0);
        try (Admin admin = admin()) {
            admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(1)))
                    .all()
                    .get();
        }
        KafkaOptions other = KafkaFixture.options(options.bootstrapServers(), prefix, directory.resolve("other"));

        assertThatThrownBy(() -> KafkaQueueStore.openAndOwn(other, CommitMeter.NONE))
                .hasMessageContaining("the log begins at offset 1");
    }

    private void make(NewTopic topic) throws Exception {
        try (Admin admin = admin()) {
            admin.createTopics(Set.of(topic)).all().get();
        }
    }

    private Admin admin() {
        return Admin.create(ClientProperties.admin(options, 30_000));
    }
}
