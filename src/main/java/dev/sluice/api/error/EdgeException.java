package dev.sluice.api.error;

/** A request that the edge refuses. It has no stack trace, because it is an expected result. */
public final class EdgeException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final EdgeError error;

    /** Uses the default text of the error. */
    public EdgeException(EdgeError error) {
        this(error, error.text());
    }

    /**
     * Uses a text for this request.
     *
     * @param detail what was wrong with this request, shown to the client
     */
    public EdgeException(EdgeError error, String detail) {
        super(detail, null, false, false);
        this.error = error;
    }

    public EdgeError error() {
        return error;
    }
}
