package dev.sluice.api.http;

import dev.sluice.api.error.EdgeError;
import dev.sluice.api.error.EdgeException;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.AsciiString;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.impl.VertxHttpRequestDecoder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decodes HTTP/1.1 strictly according to RFC 9112, where Netty is more lenient. Input that two parsers could read in
 * two ways is refused, because a proxy in front of the server may have read it differently (request smuggling):
 *
 * <ul>
 *   <li>a request line that is not three words with one space between them (3), or a target in none of the four
 *       forms (3.2);
 *   <li>no Host, more than one, or an invalid one (3.2);
 *   <li>a field name that is empty, or a field line that is folded (5.1, 5.2);
 *   <li>a transfer coding other than chunked alone, or in HTTP/1.0, or with a length (6.1, 6.3);
 *   <li>more than one Content-Length, even if they agree, also in HTTP/1.0 (6.3);
 *   <li>a body without a length in the headers: a draft of WebSocket that Netty still supports.
 * </ul>
 *
 * The cause of a failed {@link DecoderResult} is always a {@link EdgeException} with an error of the error table. All
 * input after a failure is dropped. A target in absolute form is replaced by its path, and its authority becomes the
 * Host.
 *
 * <p>One for each connection, on its event loop.
 */
final class Http1RequestDecoder extends VertxHttpRequestDecoder {
    private static final AsciiString WEB_SOCKET_KEY_OF_DRAFT = HttpHeaderNames.SEC_WEBSOCKET_KEY1;
    private static final byte LINE_FEED = '\n';
    private static final int SCHEME_LENGTH_MAX = "https://".length();

    private static final boolean[] IN_TARGET = new boolean[256];

    static {
        for (char c = '!'; c <= '~'; c++) {
            IN_TARGET[c] = c != '#';
        }
    }

    private enum State {
        HEAD,
        BODY,
        BROKEN
    }

    private State state = State.HEAD;
    private int requests;
    private @Nullable String lastHost;

    // State of the head that is being read
    private boolean inHeaders;
    private int lineEnd;
    private @Nullable String authority;
    private boolean folded;
    private int hosts;
    private int lengths;
    private int codings;

    /** A decoder with the limits of these options. */
    Http1RequestDecoder(HttpServerOptions options) {
        super(options);
    }

    /** How many requests it has decoded, including a malformed one. */
    int requests() {
        return requests;
    }

    /** Whether a head has begun and is not complete. Valid only when all bytes that have arrived are decoded. */
    boolean isHeadIncomplete() {
        return state == State.HEAD && (inHeaders || actualReadableBytes() > 0);
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) throws Exception {
        if (state == State.HEAD) {
            detectFolds(in);
        }
        int before = out.size();
        super.decode(context, in, out);
        if (out.size() > before) {
            decoded((HttpObject) out.get(before), (HttpObject) out.get(out.size() - 1));
        }
    }

    /** The client has closed its half. An incomplete request is malformed. Netty would accept a truncated body. */
    @Override
    protected void decodeLast(ChannelHandlerContext context, ByteBuf in, List<Object> out) throws Exception {
        int before = out.size();
        super.decodeLast(context, in, out);
        if (state == State.BODY) {
            HttpObject cutOff = new DefaultLastHttpContent();
            cutOff.setDecoderResult(DecoderResult.failure(
                    new EdgeException(EdgeError.BODY_MALFORMED, "Request body ended before it was complete.")));
            out.add(cutOff);
            state = State.BROKEN;
        } else if (state == State.HEAD && out.size() > before) {
            decoded((HttpObject) out.get(before), (HttpObject) out.get(out.size() - 1));
        }
    }

    private void decoded(HttpObject first, HttpObject last) {
        boolean isRequest = first instanceof HttpRequest;
        if (isRequest) {
            requests++;
        }
        if (last.decoderResult().isFailure()) {
            state = State.BROKEN;
            last.setDecoderResult(
                    DecoderResult.failure(refusal(last.decoderResult().cause(), isRequest)));
        } else if (last instanceof LastHttpContent) {
            state = State.HEAD;
            inHeaders = false;
            folded = false;
        } else {
            state = State.BODY;
        }
    }

    private static EdgeException refusal(Throwable cause, boolean ofHead) {
        if (cause instanceof EdgeException refusal) {
            return refusal;
        }
        if (!ofHead) {
            return new EdgeException(EdgeError.BODY_MALFORMED);
        }
        if (cause instanceof TooLongHttpLineException) {
            return new EdgeException(EdgeError.URL_TOO_LONG);
        }
        return new EdgeException(
                cause instanceof TooLongHttpHeaderException ? EdgeError.HEADERS_TOO_LARGE : EdgeError.HTTP_MALFORMED);
    }

    /**
     * Netty joins folded lines without a trace, so they are looked for in the raw bytes before it decodes them. The
     * buffer always begins with a whole line, as Netty consumes all complete lines.
     */
    private void detectFolds(ByteBuf in) {
        int from = in.readerIndex();
        boolean isField = inHeaders;
        while (!isField && from < in.writerIndex() && isLineEnd(in.getByte(from))) {
            from++;
        }
        for (int end = indexOfLineFeed(in, from); end >= 0; end = indexOfLineFeed(in, from)) {
            byte first = in.getByte(from);
            if (isField && isLineEnd(first)) {
                return;
            }
            folded |= isField && (first == ' ' || first == '\t');
            isField = true;
            from = end + 1;
        }
    }

    private static boolean isLineEnd(byte b) {
        return b == '\r' || b == LINE_FEED;
    }

    private static int indexOfLineFeed(ByteBuf in, int from) {
        return from >= in.writerIndex() ? -1 : in.indexOf(from, in.writerIndex(), LINE_FEED);
    }

    @Override
    protected String splitFirstWordInitialLine(byte[] line, int start, int length) {
        require(HttpTokens.isToken(line, start, length), "The method of the request line is no token.");
        // Netty copies the line to the start of its own buffer, and skips white space before it.
        require(start == 0, "The request line does not begin with a method.");
        lineEnd = start + length;
        return super.splitFirstWordInitialLine(line, start, length);
    }

    @Override
    protected String splitSecondWordInitialLine(byte[] line, int start, int length) {
        requireOneSpace(line, start, length);
        boolean isTarget = true;
        for (int i = start; i < start + length; i++) {
            isTarget &= IN_TARGET[line[i] & 0xff];
        }
        require(isTarget, "The target of the request line must be percent-encoded ASCII without a fragment.");
        lineEnd = start + length;
        return super.splitSecondWordInitialLine(line, start, length);
    }

    @Override
    protected String splitThirdWordInitialLine(byte[] line, int start, int length) {
        requireOneSpace(line, start, length);
        return super.splitThirdWordInitialLine(line, start, length);
    }

    private void requireOneSpace(byte[] line, int start, int length) {
        require(
                length > 0 && start == lineEnd + 1 && line[lineEnd] == ' ',
                "The request line must be a method, a target and a version with one space between them.");
    }

    /** Called when the request line is complete, with the words that were split. */
    @Override
    protected HttpMessage createMessage(String[] words) {
        String version = words[2];
        require(version.equals("HTTP/1.1") || version.equals("HTTP/1.0"), "Only HTTP/1.1 and HTTP/1.0 are understood.");
        inHeaders = true;
        hosts = 0;
        lengths = 0;
        codings = 0;
        authority = null;
        words[1] = origin(words[0], words[1]);
        return super.createMessage(words);
    }

    /** The target as a path and query, {@code *}, or the authority of CONNECT. */
    private String origin(String method, String target) {
        if (method.equals("CONNECT")) {
            require(Authority.isValidWithPort(target), "The target of CONNECT must be a host and a port.");
            return target;
        }
        if (target.charAt(0) == '/' || target.equals("*") && method.equals("OPTIONS")) {
            return target;
        }
        int scheme = target.indexOf("://") + 3;
        require(
                scheme > 2
                        && scheme <= SCHEME_LENGTH_MAX
                        && (target.regionMatches(true, 0, "http://", 0, scheme)
                                || target.regionMatches(true, 0, "https://", 0, scheme)),
                "The target of the request line must be a path or a URL.");
        int end = scheme;
        while (end < target.length() && target.charAt(end) != '/' && target.charAt(end) != '?') {
            end++;
        }
        String host = target.substring(scheme, end);
        authority = host;
        require(Authority.isValid(host), "The URL in the request line has no valid host.");
        if (end == target.length()) {
            return method.equals("OPTIONS") ? "*" : "/";
        }
        return target.charAt(end) == '?' ? '/' + target.substring(end) : target.substring(end);
    }

    /** Counts the fields that may occur only once. Netty calls this for trailers too, after the counts were checked. */
    @Override
    protected AsciiString splitHeaderName(byte[] line, int start, int length) {
        require(length > 0, "A header field has no name.");
        AsciiString name = super.splitHeaderName(line, start, length);
        switch (length) {
            case 4 -> hosts += HttpHeaderNames.HOST.contentEqualsIgnoreCase(name) ? 1 : 0;
            case 14 -> lengths += HttpHeaderNames.CONTENT_LENGTH.contentEqualsIgnoreCase(name) ? 1 : 0;
            case 17 -> codings += HttpHeaderNames.TRANSFER_ENCODING.contentEqualsIgnoreCase(name) ? 1 : 0;
            case 18 ->
                require(
                        !WEB_SOCKET_KEY_OF_DRAFT.contentEqualsIgnoreCase(name),
                        "This handshake of a draft of WebSocket is not understood.");
            default -> {}
        }
        return name;
    }

    /** Netty calls this once for each head, when it has all fields and before it decides how long the body is. */
    @Override
    protected boolean isContentAlwaysEmpty(HttpMessage message) {
        checkHead((HttpRequest) message);
        return super.isContentAlwaysEmpty(message);
    }

    private void checkHead(HttpRequest request) {
        boolean isHttp11 = request.protocolVersion().equals(HttpVersion.HTTP_1_1);
        require(!folded, "A header field is folded over two lines.");
        require(hosts == 1 || hosts == 0 && !isHttp11, "A request must have exactly one Host.");
        if (hosts > 0) {
            checkHost(request.headers().get(HttpHeaderNames.HOST));
        }
        if (authority != null) {
            request.headers().set(HttpHeaderNames.HOST, authority);
        }
        require(lengths <= 1, "A request must have no more than one Content-Length.");
        if (codings > 0) {
            require(isHttp11, "HTTP/1.0 knows no Transfer-Encoding.");
            require(lengths == 0, "A request must not have both Content-Length and Transfer-Encoding.");
            require(
                    codings == 1
                            && HttpHeaderValues.CHUNKED.contentEqualsIgnoreCase(
                                    request.headers().get(HttpHeaderNames.TRANSFER_ENCODING)),
                    "The only Transfer-Encoding that is understood is chunked, once.");
        }
    }

    /** Checks the Host, unless it is the same as in the request before, as it nearly always is. */
    private void checkHost(String host) {
        if (!host.equals(lastHost)) {
            require(Authority.isValid(host), "The Host is not a host name or address with an optional port.");
            lastHost = host;
        }
    }

    /** The request that stands for an invalid request line. Its response has our version of HTTP. */
    @Override
    protected HttpMessage createInvalidMessage() {
        return new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/bad-request");
    }

    private static void require(boolean isSo, String refusal) {
        if (!isSo) {
            throw malformed(refusal);
        }
    }

    private static EdgeException malformed(String detail) {
        return new EdgeException(EdgeError.HTTP_MALFORMED, detail);
    }
}
