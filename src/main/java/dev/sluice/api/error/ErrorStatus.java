package dev.sluice.api.error;

/**
 * How an error appears on the wire.
 *
 * @param code in {@code errors[].code}
 * @param status of HTTP
 */
public record ErrorStatus(int code, int status) {}
