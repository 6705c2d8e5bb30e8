/**
 * Push consumers over HTTP: batches of worker consumers as signed POST requests, and what the answers mean. The protocol is
 * described in {@code docs/push-consumers.md}.
 */
package dev.sluice.worker;
