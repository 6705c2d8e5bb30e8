package dev.sluice.api.auth;

/** The access that an operation requires of a credential (docs/api.md 1.3). A credential for writing may also read. */
public enum Access {
    READ,
    WRITE
}
