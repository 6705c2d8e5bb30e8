package dev.sluice.config;

import java.nio.file.Path;

/**
 * Where messages are stored.
 *
 * @param engine the storage engine
 * @param directory the directory of engine {@link Engine#ROCKSDB}, and of the copy of engine {@link Engine#KAFKA}
 * @param durability when a push is confirmed
 * @param freeBytesMin pushes are rejected while the disk has less free space
 */
public record StorageConfig(Engine engine, Path directory, DurabilityMode durability, long freeBytesMin) {
    /** The storage engine. */
    public enum Engine {
        /** On disk. */
        ROCKSDB,
        /** In memory only; lost when the process ends. */
        MEMORY,
        /** In a log in Kafka, with a copy on disk. */
        KAFKA
    }

    /** When a push is confirmed. */
    public enum DurabilityMode {
        /** After the disk has confirmed the write; survives a power loss. */
        FSYNC,
        /** After the operating system has accepted the write; survives a killed process, but not a power loss. */
        ASYNC
    }
}
