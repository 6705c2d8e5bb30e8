package dev.sluice.queue;

/** A failure that the error table names. It carries no stack trace: it is an answer, not a surprise. */
public final class QueueException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final QueueError error;

    /** The error with its own text. */
    public QueueException(QueueError error) {
        this(error, error.text());
    }

    /** The error with a text that says what was wrong with this request. */
    public QueueException(QueueError error, String detail) {
        super(detail, null, false, false);
        this.error = error;
    }

    /** The row of the error table. */
    public QueueError error() {
        return error;
    }
}
