/**
 * The management port: health, metrics and backups over HTTP/1.1, on a listener of its own.
 *
 * <p>Owned by one event loop; metrics are collected and backups are made on worker threads. May import {@code config}, {@code runtime} and {@code queue}.
 */
@NullMarked
package dev.sluice.management;

import org.jspecify.annotations.NullMarked;
