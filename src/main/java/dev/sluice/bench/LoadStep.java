package dev.sluice.bench;

/** The kinds of requests, each measured by itself. */
public enum LoadStep {
    /** A push, single or batch. */
    PUSH,
    /** A pull. */
    PULL,
    /** An acknowledgement. */
    ACK
}
