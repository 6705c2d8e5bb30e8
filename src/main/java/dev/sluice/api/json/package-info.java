/**
 * Reading and writing of JSON (RFC 8259) over UTF-8 bytes, for the requests and responses about messages. Knows no
 * fields and no operations.
 *
 * <p>Threads: readers and writers are reused and owned by one event loop; the rest is pure.
 *
 * <p>Imports: of the API only {@code api.error}.
 */
@NullMarked
package dev.sluice.api.json;

import org.jspecify.annotations.NullMarked;
