package dev.sluice.config;

/** Which requests the access log contains. */
public enum AccessLogMode {
    /** None. */
    OFF,
    /** Those with a status from 400 on. */
    ERRORS,
    /** All. */
    ALL
}
