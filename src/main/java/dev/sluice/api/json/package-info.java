/**
 * Reading and writing of JSON (RFC 8259) over UTF-8 bytes, for the requests and responses about messages. Knows no
 * fields and no operations.
 *
 * <p>Threads: readers and writers are reused and owned by one event loop; the rest is pure.
 *
 * <p>Imports: no other package of the API.
 */
package dev.sluice.api.json;
