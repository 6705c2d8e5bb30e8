package dev.sluice.store.rocksdb;

/** Waits to the end even if the thread is interrupted; the interrupt is kept for the caller. */
final class Uninterruptibly {
    /** Something that waits and may be called again after an interrupt. */
    @FunctionalInterface
    interface Waiting {
        /** Returns when there is nothing more to wait for. */
        void await() throws InterruptedException;
    }

    private Uninterruptibly() {}

    /** Blocks until {@code waiting} returns. */
    static void await(Waiting waiting) {
        boolean interrupted = false;
        while (true) {
            try {
                waiting.await();
                break;
            } catch (InterruptedException again) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
