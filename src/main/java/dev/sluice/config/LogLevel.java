package dev.sluice.config;

/** The log level. */
public enum LogLevel {
    DEBUG,
    INFO,
    WARN,
    ERROR
}
