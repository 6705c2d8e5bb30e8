package dev.sluice.api;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/** A connection of HTTP/2 on which a test sends any frames it likes. */
final class RawHttp2 implements AutoCloseable {
    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int RST_STREAM = 3;
    static final int SETTINGS = 4;
    static final int PING = 6;
    static final int GOAWAY = 7;
    static final int CONTINUATION = 9;

    private static final int END_STREAM = 1;
    private static final int END_HEADERS = 4;
    private static final int ACK = 1;
    private static final int CANCEL = 8;

    private final SSLSocket socket;
    private final DataInputStream in;
    private final OutputStream out;
    private int nextStream = 1;

    /** Something that sends the frames number {@code i}. */
    interface Sending {
        void send(int i) throws IOException;
    }

    private record Frame(int type, int flags, int stream, byte[] payload) {}

    RawHttp2(int port) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new TrustsAnybody()}, null);
        socket = (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", port);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setApplicationProtocols(new String[] {"h2"});
        socket.setSSLParameters(parameters);
        socket.setSoTimeout(15_000);
        socket.startHandshake();
        in = new DataInputStream(socket.getInputStream());
        out = new BufferedOutputStream(socket.getOutputStream(), 16 * 1024);
        out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        frame(SETTINGS, 0, 0, new byte[0]);
        out.flush();
    }

    void frame(int type, int flags, int stream, byte[] payload) throws IOException {
        ByteBuffer head = ByteBuffer.allocate(9);
        head.put((byte) (payload.length >> 16)).putShort((short) payload.length);
        head.put((byte) type).put((byte) flags).putInt(stream);
        out.write(head.array());
        out.write(payload);
    }

    /** {@code GET /openapi.yaml}, as a header block without any table: static entries, then a literal path and authority. */
    static byte[] contractRequest() {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        block.write(0x82);
        block.write(0x87);
        literal(block, 4, "/openapi.yaml");
        literal(block, 1, "localhost");
        return block.toByteArray();
    }

    private static void literal(ByteArrayOutputStream block, int nameIndex, String value) {
        block.write(nameIndex);
        block.write(value.length());
        block.writeBytes(value.getBytes(StandardCharsets.US_ASCII));
    }

    /** A whole request on a stream. */
    void request(int stream) throws IOException {
        frame(HEADERS, END_HEADERS | END_STREAM, stream, contractRequest());
    }

    /** A request whose body is still to come: a push, which waits for it. */
    void open(int stream) throws IOException {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        block.write(0x83);
        block.write(0x87);
        literal(block, 4, "/client/v4/accounts/" + EdgeServer.ACCOUNT + "/queues");
        literal(block, 1, "localhost");
        block.write(0x0f);
        block.write(23 - 15);
        String bearer = "Bearer " + EdgeServer.WRITER;
        block.write(bearer.length());
        block.writeBytes(bearer.getBytes(StandardCharsets.US_ASCII));
        frame(HEADERS, END_HEADERS, stream, block.toByteArray());
    }

    void reset(int stream) throws IOException {
        frame(RST_STREAM, 0, stream, new byte[] {0, 0, 0, CANCEL});
    }

    /** Sends that many times, or until the server has closed. */
    void flood(int times, Sending sending) {
        try {
            for (int i = 0; i < times; i++) {
                sending.send(i);
            }
            out.flush();
        } catch (IOException closed) {
            // That is what the test is about; what the server said before it closed is still to be read.
        }
    }

    /** Sends without ever reading; answers whether the server closed before it had all. */
    boolean floodsUntilClosed(int times, int type, byte[] payload) {
        try {
            for (int i = 0; i < times; i++) {
                frame(type, 0, 0, payload);
            }
            out.flush();
            return false;
        } catch (IOException closed) {
            return true;
        }
    }

    /** Reads up to the server's GOAWAY and answers its error code; fails if there is none. */
    int goAwayCode() throws IOException {
        while (true) {
            Frame frame = read();
            if (frame.type == GOAWAY) {
                return ByteBuffer.wrap(frame.payload).getInt(4);
            }
        }
    }

    /** Opens so many streams at once and answers the codes of those that were reset. */
    List<Integer> resetCodesOfOpenStreams(int streams) throws IOException {
        for (int i = 0; i < streams; i++) {
            open(2 * i + 1);
        }
        frame(PING, 0, 0, new byte[8]);
        out.flush();
        List<Integer> codes = new ArrayList<>();
        while (true) {
            Frame frame = read();
            if (frame.type == RST_STREAM) {
                codes.add(ByteBuffer.wrap(frame.payload).getInt());
            } else if (frame.type == PING && frame.flags == ACK) {
                return codes;
            }
        }
    }

    /** The first byte of the answer's header block says it for 200: static entry 8. */
    int statusOfContract() throws IOException {
        int stream = nextStream;
        nextStream += 2;
        request(stream);
        out.flush();
        int status = 0;
        while (true) {
            Frame frame = read();
            if (frame.stream == stream && frame.type == HEADERS) {
                status = (frame.payload[0] & 0xff) == 0x88 ? 200 : -1;
                reset(stream);
                out.flush();
                return status;
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

    @Override
    public void close() throws IOException {
        socket.close();
    }

    /** Whose certificate it is does not matter here. */
    private static final class TrustsAnybody extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
