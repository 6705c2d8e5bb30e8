package dev.sluice.config;

/** What a credential allows, and what an operation requires (docs/api.md 1.3). */
public enum Access {
    READ,
    /** Includes reading. */
    WRITE
}
