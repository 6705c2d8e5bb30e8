package dev.sluice.store.kafka;

import dev.sluice.store.StoreException;
import dev.sluice.store.log.LogUnusableException;
import dev.sluice.store.log.ShardLog;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;

/** A shard log that is one partition of a Kafka topic. */
final class KafkaShardLog implements ShardLog {
    private static final Duration POLL = Duration.ofMillis(100);
    /** Within this time a record that exists is read, or the brokers do not work. */
    private static final long READ_NANOS_MAX = TimeUnit.SECONDS.toNanos(30);

    private final KafkaOptions options;
    private final TopicPartition partition;
    private final KafkaConsumer<byte[], byte[]> consumer;
    /** Where the consumer is; -1 if that is unknown. */
    private long position = -1;

    KafkaShardLog(KafkaOptions options, TopicPartition partition) {
        this.options = options;
        this.partition = partition;
        this.consumer = new KafkaConsumer<>(ClientProperties.consumer(options));
        consumer.assign(Set.of(partition));
    }

    @Override
    public Appender newAppender() {
        try {
            return new KafkaAppender(new KafkaProducer<>(ClientProperties.producer(options)));
        } catch (KafkaException failure) {
            throw failed("append to", failure);
        }
    }

    @Override
    public long startOffset() {
        try {
            return of(awake(() -> consumer.beginningOffsets(Set.of(partition))));
        } catch (KafkaException failure) {
            throw failed("read", failure);
        }
    }

    @Override
    public long endOffset() {
        try {
            return of(awake(() -> consumer.endOffsets(Set.of(partition))));
        } catch (KafkaException failure) {
            throw failed("read", failure);
        }
    }

    private long of(Map<TopicPartition, Long> offsets) {
        return Objects.requireNonNull(offsets.get(partition));
    }

    @Override
    public Chunk read(long fromOffset) {
        try {
            if (position != fromOffset) {
                consumer.seek(partition, fromOffset);
            }
            position = -1;
            Chunk chunk = poll(fromOffset);
            position = chunk.nextOffset();
            return chunk;
        } catch (OffsetOutOfRangeException gone) {
            throw gone(fromOffset);
        } catch (KafkaException failure) {
            throw failed("read", failure);
        }
    }

    @Override
    public Chunk poll(long fromOffset, long waitMillis) {
        try {
            if (position != fromOffset) {
                consumer.seek(partition, fromOffset);
            }
            position = -1;
            Chunk chunk = pollOnce(Duration.ofMillis(waitMillis));
            position = chunk.nextOffset();
            return chunk;
        } catch (WakeupException woken) {
            return new Chunk(List.of(), fromOffset);
        } catch (OffsetOutOfRangeException gone) {
            throw gone(fromOffset);
        } catch (KafkaException failure) {
            throw failed("read", failure);
        }
    }

    @Override
    public void wake() {
        consumer.wakeup();
    }

    @Override
    public long lag() {
        return consumer.currentLag(partition).orElse(0);
    }

    private Chunk pollOnce(Duration wait) {
        List<LogEntry> entries = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(wait).records(partition)) {
            entries.add(new LogEntry(record.offset(), record.value()));
        }
        return new Chunk(entries, consumer.position(partition));
    }

    private LogUnusableException gone(long offset) {
        return new LogUnusableException("record " + offset + " of topic " + partition.topic() + ", partition "
                + partition.partition() + ", does not exist any more: records of the log were deleted");
    }

    /** A wake that came late must not end another call. */
    private <T> T awake(Supplier<T> call) {
        try {
            return call.get();
        } catch (WakeupException late) {
            return call.get();
        }
    }

    private Chunk poll(long fromOffset) {
        long begun = System.nanoTime();
        while (System.nanoTime() - begun < READ_NANOS_MAX) {
            Chunk chunk = awake(() -> pollOnce(POLL));
            if (chunk.nextOffset() > fromOffset) {
                return chunk;
            }
        }
        throw new StoreException(
                "cannot read record " + fromOffset + " of topic " + partition.topic() + ": Kafka did not return it");
    }

    @Override
    public void close() {
        consumer.close(CloseOptions.timeout(Duration.ZERO));
    }

    private StoreException failed(String what, KafkaException failure) {
        return KafkaFailure.of(what + " topic " + partition.topic(), options, failure);
    }

    /** One producer; its records keep their order. */
    private final class KafkaAppender implements Appender {
        private final KafkaProducer<byte[], byte[]> producer;

        KafkaAppender(KafkaProducer<byte[], byte[]> producer) {
            this.producer = producer;
        }

        @Override
        public void append(byte[] record, AppendListener listener) {
            try {
                Future<RecordMetadata> unused = producer.send(
                        new ProducerRecord<>(partition.topic(), partition.partition(), null, record),
                        (stored, failure) -> {
                            if (failure == null) {
                                listener.completed(stored.hasOffset() ? stored.offset() : -1, null);
                            } else {
                                listener.completed(
                                        -1, KafkaFailure.of("append to topic " + partition.topic(), options, failure));
                            }
                        });
            } catch (KafkaException failure) {
                listener.completed(-1, failed("append to", failure));
            }
        }

        @Override
        public void close() {
            producer.close(Duration.ZERO);
        }
    }
}
