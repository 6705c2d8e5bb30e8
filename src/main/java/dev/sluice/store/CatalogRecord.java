package dev.sluice.store;

/** One record of the catalog, opaque to the store. Keys are unique, short and sorted bytewise. */
public record CatalogRecord(byte[] key, byte[] value) {}
