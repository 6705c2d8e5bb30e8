package dev.sluice.bench;

/** The kinds of requests, which are measured separately. */
public enum LoadStep {
    /** A push, single or batch. */
    PUSH,
    /** A pull. */
    PULL,
    /** An acknowledgement. */
    ACK
}
