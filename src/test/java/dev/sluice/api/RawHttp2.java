package dev.sluice.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.TestTimeout;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/**
 * A connection of HTTP/2 on which a test sends any frames. It reads only on request, and acknowledges the SETTINGS of
 * the server only on request. Header blocks are written without a dynamic table and never decoded.
 */
public final class RawHttp2 implements Closeable {
    public static final int DATA = 0;
    public static final int HEADERS = 1;
    static final int SETTINGS = 4;
    public static final int PING = 6;
    static final int CONTINUATION = 9;

    /** Methods as indexes of the static table. */
    public static final int GET = 2;

    public static final int POST = 3;

    private static final int RST_STREAM = 3;
    private static final int GOAWAY = 7;
    private static final int WINDOW_UPDATE = 8;
    private static final int END_STREAM = 1;
    private static final int END_HEADERS = 4;
    private static final int PRIORITY = 32;
    private static final int ACK = 1;
    private static final int CANCEL = 8;
    private static final int FRAME_BYTES_MAX = 16_384;
    private static final byte INITIAL_WINDOW_SIZE = 4;
    private static final byte[] NOTHING = {};
    /** A small receive buffer, so that data that a test does not read soon fills the network buffers. */
    private static final int RECEIVE_BUFFER_BYTES = 16 * 1024;

    private final SSLSocket socket;
    private final DataInputStream in;
    private final OutputStream out;
    /** Used by {@link #exchange} only; other responses are not decoded. */
    private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder();

    private int nextStream = 1;

    private record Frame(int type, int flags, int stream, byte[] payload) {}

    /** Connects, and sends the connection preface. The SETTINGS of the server are not read yet. */
    public RawHttp2(int port) throws Exception {
        Socket plain = new Socket();
        plain.setReceiveBufferSize(RECEIVE_BUFFER_BYTES);
        plain.setSoTimeout(TestTimeout.MILLIS);
        plain.connect(new InetSocketAddress("127.0.0.1", port));
        socket = (SSLSocket)
                TrustAllCertificates.context().getSocketFactory().createSocket(plain, "localhost", port, true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setApplicationProtocols(new String[] {"h2"});
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        assertThat(socket.getApplicationProtocol()).isEqualTo("h2");
        in = new DataInputStream(socket.getInputStream());
        out = new BufferedOutputStream(socket.getOutputStream(), 64 * 1024);
        out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        frame(SETTINGS, 0, 0, NOTHING);
    }

    /** Acknowledges the SETTINGS of the server, as every conforming client does. */
    public RawHttp2 acknowledging() throws IOException {
        out.flush();
        Frame frame = read();
        while (frame.type != SETTINGS || frame.flags == ACK) {
            frame = read();
        }
        frame(SETTINGS, ACK, 0, NOTHING);
        return this;
    }

    /** Sends one frame, with the next flush. */
    public void frame(int type, int flags, int stream, byte[] payload) throws IOException {
        ByteBuffer head = ByteBuffer.allocate(9);
        head.put((byte) (payload.length >> 16)).putShort((short) payload.length);
        head.put((byte) type).put((byte) flags).putInt(stream);
        out.write(head.array());
        out.write(payload);
    }

    /** From now on the client receives no data of any body, as its window is closed. */
    public RawHttp2 readingNothing() throws IOException {
        frame(SETTINGS, 0, 0, new byte[] {0, INITIAL_WINDOW_SIZE, 0, 0, 0, 0});
        out.flush();
        return this;
    }

    /** Sends these bytes as they are, at once. */
    public void bytes(byte[] bytes) throws IOException {
        out.write(bytes);
        out.flush();
    }

    /** The method as an index of the static table; the list of queues, or a new one. */
    private static byte[] headerBlock(int method) {
        return headerBlock(method, "/client/v4/accounts/" + EdgeServer.ACCOUNT + "/queues");
    }

    private static byte[] headerBlock(int method, String path) {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        block.write(0x80 | method);
        block.write(0x87);
        literal(block, 4, path);
        literal(block, 1, "localhost");
        literal(block, 23, "Bearer " + EdgeServer.WRITER);
        return block.toByteArray();
    }

    /** The index of the name in four bits, or fifteen and the rest in the next byte. */
    private static void literal(ByteArrayOutputStream block, int nameIndex, String value) {
        block.write(Math.min(nameIndex, 15));
        if (nameIndex >= 15) {
            block.write(nameIndex - 15);
        }
        block.write(value.length());
        block.writeBytes(value.getBytes(StandardCharsets.US_ASCII));
    }

    /** A field without the static table, so that nothing is checked on the client side. */
    private static void field(ByteArrayOutputStream block, String name, String value) {
        block.write(0);
        string(block, name);
        string(block, value);
    }

    /** Its length in seven bits, or 127 and the rest in groups of seven, the lowest first. */
    private static void string(ByteArrayOutputStream block, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        if (bytes.length < 127) {
            block.write(bytes.length);
        } else {
            block.write(127);
            int rest = bytes.length - 127;
            for (; rest >= 128; rest >>= 7) {
                block.write(rest & 127 | 128);
            }
            block.write(rest);
        }
        block.writeBytes(bytes);
    }

    private void fields(int stream, int flags, List<String[]> fields) throws IOException {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        for (String[] each : fields) {
            field(block, each[0], each[1]);
        }
        byte[] bytes = block.toByteArray();
        int first = Math.min(bytes.length, FRAME_BYTES_MAX);
        frame(HEADERS, first == bytes.length ? flags | END_HEADERS : flags, stream, Arrays.copyOf(bytes, first));
        for (int at = first; at < bytes.length; at += FRAME_BYTES_MAX) {
            int end = Math.min(bytes.length, at + FRAME_BYTES_MAX);
            frame(CONTINUATION, end == bytes.length ? END_HEADERS : 0, stream, Arrays.copyOfRange(bytes, at, end));
        }
    }

    /**
     * Sends any fields, then any data, then trailers, and returns the outcome.
     *
     * @param data null for none
     * @param trailers empty for none
     */
    public Outcome exchange(List<String[]> fields, String data, List<String[]> trailers) throws Exception {
        int stream = stream();
        fields(stream, data == null && trailers.isEmpty() ? END_STREAM : 0, fields);
        if (data != null) {
            byte[] bytes = data.getBytes(StandardCharsets.ISO_8859_1);
            frame(DATA, trailers.isEmpty() ? END_STREAM : 0, stream, bytes);
        }
        if (!trailers.isEmpty()) {
            fields(stream, END_STREAM, trailers);
        }
        out.flush();
        int status = 0;
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        while (true) {
            Frame frame = read();
            if (frame.type == GOAWAY) {
                return new Outcome(0, "", ByteBuffer.wrap(frame.payload).getInt(4));
            }
            if (frame.stream != stream) {
                continue;
            }
            if (frame.type == RST_STREAM) {
                return new Outcome(
                        status,
                        body.toString(StandardCharsets.UTF_8),
                        ByteBuffer.wrap(frame.payload).getInt());
            }
            if (frame.type == HEADERS) {
                Http2Headers headers = decoder.decodeHeaders(stream, block(frame));
                status = Integer.parseInt(headers.status().toString());
            }
            if (frame.type == DATA) {
                body.writeBytes(frame.payload);
            }
            if ((frame.flags & END_STREAM) != 0) {
                return new Outcome(status, body.toString(StandardCharsets.UTF_8), 0);
            }
        }
    }

    /** The header block of a frame, behind its priority if it has one. */
    private static ByteBuf block(Frame frame) {
        return Unpooled.wrappedBuffer(frame.payload).skipBytes((frame.flags & PRIORITY) == 0 ? 0 : 5);
    }

    /**
     * The outcome of a request.
     *
     * @param status 0 without a response
     * @param errorCode of the RST_STREAM or the GOAWAY, 0 with a response
     */
    public record Outcome(int status, String body, int errorCode) {}

    private int stream() {
        int stream = nextStream;
        nextStream += 2;
        return stream;
    }

    /** Sends a complete request. Returns its stream. */
    public int request() throws IOException {
        int stream = stream();
        frame(HEADERS, END_HEADERS | END_STREAM, stream, headerBlock(2));
        return stream;
    }

    /** Sends a complete request for that path, a GET or a POST without a body, at once. */
    public int send(int method, String path) throws IOException {
        int stream = stream();
        frame(HEADERS, END_HEADERS | END_STREAM, stream, headerBlock(method, path));
        out.flush();
        return stream;
    }

    /** Sends the head of a request whose body follows later. Returns its stream. */
    public int open() throws IOException {
        int stream = stream();
        frame(HEADERS, END_HEADERS, stream, headerBlock(3));
        return stream;
    }

    /** Begins a request with an incomplete header block. Returns its stream. */
    public int begin() throws IOException {
        int stream = stream();
        frame(HEADERS, 0, stream, headerBlock(2));
        return stream;
    }

    /** Opens the window of a stream, or of the connection if it is 0, by that many bytes, at once. */
    public void window(int stream, int bytes) throws IOException {
        frame(WINDOW_UPDATE, 0, stream, ByteBuffer.allocate(4).putInt(bytes).array());
        out.flush();
    }

    /** Resets the stream of a request. */
    void reset(int stream) throws IOException {
        frame(RST_STREAM, 0, stream, new byte[] {0, 0, 0, CANCEL});
    }

    /**
     * Sends the same frame many times without reading, and then reads what has arrived. Returns whether the server
     * closed the connection. If it did not, the call waits for the timeout of a read.
     */
    public boolean isClosedBy(int times, int type, byte[] payload) throws IOException {
        try {
            for (int i = 0; i < times; i++) {
                frame(type, 0, 0, payload);
            }
            out.flush();
            while (in.read(new byte[64 * 1024]) >= 0) {
                // Frames before the end do not matter.
            }
            return true;
        } catch (SocketTimeoutException silent) {
            return false;
        } catch (IOException ended) {
            return true;
        }
    }

    /** Reads up to the server's GOAWAY. Returns its error code. Fails if the connection ends without one. */
    public int goAwayCode() throws IOException {
        out.flush();
        Frame frame = read();
        while (frame.type != GOAWAY) {
            frame = read();
        }
        return ByteBuffer.wrap(frame.payload).getInt(4);
    }

    /** The error codes of the streams that the server reset before its response to a ping. */
    public List<Integer> resetCodes() throws IOException {
        frame(PING, 0, 0, new byte[8]);
        out.flush();
        List<Integer> codes = new ArrayList<>();
        Frame frame = read();
        while (frame.type != PING) {
            if (frame.type == RST_STREAM) {
                codes.add(ByteBuffer.wrap(frame.payload).getInt());
            }
            frame = read();
        }
        return codes;
    }

    /** Sends a request. Returns the body when head and body are complete. */
    public String responseBody() throws IOException {
        int stream = request();
        out.flush();
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        boolean headed = false;
        while (true) {
            Frame frame = read();
            if (frame.stream != stream) {
                continue;
            }
            headed |= frame.type == HEADERS && (frame.flags & END_HEADERS) != 0;
            if (frame.type == DATA) {
                body.writeBytes(frame.payload);
            }
            if ((frame.flags & END_STREAM) != 0) {
                assertThat(headed).isTrue();
                return body.toString(StandardCharsets.UTF_8);
            }
        }
    }

    private Frame read() throws IOException {
        int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
        int type = in.readUnsignedByte();
        int flags = in.readUnsignedByte();
        int stream = in.readInt();
        return new Frame(type, flags, stream, in.readNBytes(length));
    }

    /** Closes the connection without a GOAWAY. */
    @Override
    public void close() throws IOException {
        socket.close();
    }
}
