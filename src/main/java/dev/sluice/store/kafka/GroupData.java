package dev.sluice.store.kafka;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What members of the group say about themselves, and what they learn beside their shards. */
final class GroupData {
    private static final byte VERSION = 1;

    private GroupData() {}

    /** A member, see {@link dev.sluice.store.ShardMember}. */
    record MemberData(String node, String zone, String address, Map<Integer, Long> lags) {
        ByteBuffer encode() {
            return write(out -> {
                out.writeByte(VERSION);
                out.writeUTF(node);
                out.writeUTF(zone);
                out.writeUTF(address);
                out.writeShort(lags.size());
                for (Map.Entry<Integer, Long> lag : lags.entrySet()) {
                    out.writeShort(lag.getKey());
                    out.writeLong(lag.getValue());
                }
            });
        }

        /** Null if another program, or another version, wrote it. */
        static @Nullable MemberData decode(@Nullable ByteBuffer bytes) {
            return read(bytes, in -> {
                String node = in.readUTF();
                String zone = in.readUTF();
                String address = in.readUTF();
                Map<Integer, Long> lags = new TreeMap<>();
                for (int left = in.readUnsignedShort(); left > 0; left--) {
                    int shard = in.readShort();
                    lags.put(shard, in.readLong());
                }
                return new MemberData(node, zone, address, lags);
            });
        }
    }

    /**
     * What a member learns beside the shards that it is to own.
     *
     * @param routes the internal address of the node that serves a shard, by shard
     * @param isSettled whether no move is planned
     */
    record PlanData(Set<Integer> standbys, Map<Integer, String> routes, boolean isSettled) {
        ByteBuffer encode() {
            return write(out -> {
                out.writeByte(VERSION);
                out.writeBoolean(isSettled);
                out.writeShort(standbys.size());
                for (int shard : standbys) {
                    out.writeShort(shard);
                }
                out.writeShort(routes.size());
                for (Map.Entry<Integer, String> route : routes.entrySet()) {
                    out.writeShort(route.getKey());
                    out.writeUTF(route.getValue());
                }
            });
        }

        /** Null if another program, or another version, wrote it. */
        static @Nullable PlanData decode(@Nullable ByteBuffer bytes) {
            return read(bytes, in -> {
                boolean isSettled = in.readBoolean();
                Set<Integer> standbys = new TreeSet<>();
                for (int left = in.readUnsignedShort(); left > 0; left--) {
                    standbys.add((int) in.readShort());
                }
                Map<Integer, String> routes = new TreeMap<>();
                for (int left = in.readUnsignedShort(); left > 0; left--) {
                    int shard = in.readShort();
                    routes.put(shard, in.readUTF());
                }
                return new PlanData(standbys, routes, isSettled);
            });
        }
    }

    @FunctionalInterface
    private interface Writer {
        void write(DataOutputStream out) throws IOException;
    }

    @FunctionalInterface
    private interface Reader<T> {
        T read(DataInputStream in) throws IOException;
    }

    private static ByteBuffer write(Writer fields) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            fields.write(new DataOutputStream(bytes));
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return ByteBuffer.wrap(bytes.toByteArray());
    }

    private static <T> @Nullable T read(@Nullable ByteBuffer bytes, Reader<T> fields) {
        if (bytes == null || !bytes.hasRemaining()) {
            return null;
        }
        byte[] copy = new byte[bytes.remaining()];
        bytes.duplicate().get(copy);
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(copy))) {
            return in.readByte() == VERSION ? fields.read(in) : null;
        } catch (IOException tooShort) {
            return null;
        }
    }
}
