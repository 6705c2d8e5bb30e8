package dev.sluice.store;

/** What a commit that asks for durability waits for. */
public enum Durability {
    /** The disk has it: survives a power loss. */
    FSYNC,
    /** The operating system has it: survives a killed process, not a power loss. */
    ASYNC
}
