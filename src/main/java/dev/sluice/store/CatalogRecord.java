package dev.sluice.store;

/** A record of the catalog; its content is opaque to the store. Keys are unique, short and sorted bytewise. */
public record CatalogRecord(byte[] key, byte[] value) {}
