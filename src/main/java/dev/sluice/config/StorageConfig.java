package dev.sluice.config;

import java.nio.file.Path;

/**
 * Where messages are kept.
 *
 * @param engine what keeps them
 * @param directory the directory of engine {@link Engine#ROCKSDB}
 * @param durability when a push counts as stored
 * @param freeBytesMin with less free space on that disk pushes are refused
 */
public record StorageConfig(Engine engine, Path directory, DurabilityMode durability, long freeBytesMin) {
    /** What keeps the messages. */
    public enum Engine {
        /** On disk. */
        ROCKSDB,
        /** In memory only; gone when the process ends. */
        MEMORY
    }

    /** When the answer to a push goes out. */
    public enum DurabilityMode {
        /** After the disk has confirmed it; survives a power loss. */
        FSYNC,
        /** After the operating system has it; survives a killed process, not a power loss. */
        ASYNC
    }
}
