package dev.sluice.config;

/** How an event of the log is written. */
public enum LogFormat {
    /** One line of text. */
    TEXT,
    /** One line with a JSON object. */
    JSON
}
