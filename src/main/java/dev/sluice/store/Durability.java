package dev.sluice.store;

/** What a commit of a durable batch waits for. */
public enum Durability {
    /** The data is synced to disk: it survives a power loss. */
    FSYNC,
    /** The data is handed to the operating system: it survives a killed process, but not a power loss. */
    ASYNC
}
