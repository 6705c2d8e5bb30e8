package dev.sluice.floor;

import io.netty.buffer.ByteBuf;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * The least that a durable server does: bodies go to the end of a file, one write and one sync for all that wait, and then they are
 * confirmed. No keys, no order, no index, no checksum. It shows what the disk and the machine
 * cost; it is no bound, as a server that overlaps writing and responding can be faster.
 */
final class FloorLog {
    private static final int WAITING_MAX = 1 << 16;
    private static final int GROUP_BYTES_MAX = 1 << 20;

    private final FileChannel file;
    private final BlockingQueue<Pending> waiting = new LinkedBlockingQueue<>(WAITING_MAX);
    private final ByteBuffer group = ByteBuffer.allocateDirect(GROUP_BYTES_MAX);

    private record Pending(Buffer body, Context loop, Promise<Buffer> synced) {}

    /** Opens the file and starts the thread that writes it. */
    FloorLog(Path path) throws IOException {
        file = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
        Thread writer = new Thread(this::run, "floor-log");
        writer.setDaemon(true);
        writer.start();
    }

    /**
     * Completes with the body when it is synced. Bodies above 1 MiB are refused.
     *
     * @param loop where it completes; the context of the verticle, as that of a request is its own
     */
    Future<Buffer> append(Buffer body, Context loop) {
        if (body.length() > GROUP_BYTES_MAX) {
            return Future.failedFuture("a body of " + body.length() + " bytes is too large for the floor");
        }
        Pending pending = new Pending(body, loop, Promise.promise());
        return waiting.offer(pending) ? pending.synced.future() : Future.failedFuture("too many bodies wait");
    }

    private void run() {
        List<Pending> taken = new ArrayList<>();
        Pending first = null;
        try {
            while (true) {
                first = first == null ? waiting.take() : first;
                first = gather(first, taken);
                group.flip();
                while (group.hasRemaining()) {
                    file.write(group);
                }
                file.force(false);
                confirm(taken);
                taken.clear();
            }
        } catch (IOException | InterruptedException end) {
            System.err.println("floor: " + end);
            System.exit(1);
        }
    }

    /** Takes what waits and fits, and returns what does not fit any more, or null. */
    private Pending gather(Pending first, List<Pending> taken) {
        group.clear();
        Pending next = first;
        while (next != null && next.body.length() <= group.remaining()) {
            ByteBuf bytes = ((BufferInternal) next.body).getByteBuf();
            bytes.getBytes(bytes.readerIndex(), group.slice(group.position(), bytes.readableBytes()));
            group.position(group.position() + bytes.readableBytes());
            taken.add(next);
            next = waiting.poll();
        }
        return next;
    }

    /** One hop for each event loop, not for each body. */
    private static void confirm(List<Pending> taken) {
        IdentityHashMap<Context, List<Pending>> byLoop = new IdentityHashMap<>();
        taken.forEach(pending ->
                byLoop.computeIfAbsent(pending.loop, loop -> new ArrayList<>()).add(pending));
        byLoop.forEach((loop, synced) ->
                loop.runOnContext(nothing -> synced.forEach(pending -> pending.synced.complete(pending.body))));
    }
}
