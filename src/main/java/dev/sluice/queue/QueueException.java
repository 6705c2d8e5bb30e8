package dev.sluice.queue;

/** A failure that the error table names. It has no stack trace, because it is an expected result. */
public final class QueueException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final QueueError error;

    /** Uses the default text of the error. */
    public QueueException(QueueError error) {
        this(error, error.text());
    }

    /**
     * Uses a text for this request.
     *
     * @param detail what was wrong with this request, shown to the client
     */
    public QueueException(QueueError error, String detail) {
        super(detail, null, false, false);
        this.error = error;
    }

    public QueueError error() {
        return error;
    }
}
