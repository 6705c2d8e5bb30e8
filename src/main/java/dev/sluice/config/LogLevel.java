package dev.sluice.config;

/** How much goes to the log. */
public enum LogLevel {
    DEBUG,
    INFO,
    WARN,
    ERROR
}
