package dev.sluice.api.auth;

/** What an operation asks of a credential (docs/api.md 1.3). A token for writing may read as well. */
public enum Access {
    READ,
    WRITE
}
