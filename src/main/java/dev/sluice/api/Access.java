package dev.sluice.api;

/** What an operation asks of a credential (reference 1.3). A token for writing may read as well. */
public enum Access {
    READ,
    WRITE
}
