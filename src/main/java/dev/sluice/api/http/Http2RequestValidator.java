package dev.sluice.api.http;

import static io.netty.handler.codec.http2.Http2Error.PROTOCOL_ERROR;
import static io.netty.handler.codec.http2.Http2Exception.streamError;

import dev.sluice.api.error.EdgeError;
import dev.sluice.api.error.EdgeException;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2FrameListenerDecorator;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Checks the rules of RFC 9113 8.3.1 for heads of requests that neither Netty nor Vert.x checks. A malformed request is
 * a stream error. A well-formed request that is too long is passed on with the failure that it gets as its response.
 */
final class Http2RequestValidator extends Http2FrameListenerDecorator {
    private final TrackedConnection connection;
    private final int headerBytesMax;

    /**
     * A validator in front of a listener.
     *
     * @param headerBytesMax limit of the names and values together, and of the path alone
     */
    Http2RequestValidator(Http2FrameListener listener, TrackedConnection connection, int headerBytesMax) {
        super(listener);
        this.connection = connection;
        this.headerBytesMax = headerBytesMax;
    }

    @Override
    public void onHeadersRead(
            ChannelHandlerContext context, int streamId, Http2Headers headers, int padding, boolean endOfStream)
            throws Http2Exception {
        connection.refuseNextRequest(check(streamId, headers));
        super.onHeadersRead(context, streamId, headers, padding, endOfStream);
        connection.refuseNextRequest(null);
    }

    @Override
    public void onHeadersRead(
            ChannelHandlerContext context,
            int streamId,
            Http2Headers headers,
            int streamDependency,
            short weight,
            boolean exclusive,
            int padding,
            boolean endOfStream)
            throws Http2Exception {
        connection.refuseNextRequest(check(streamId, headers));
        super.onHeadersRead(context, streamId, headers, streamDependency, weight, exclusive, padding, endOfStream);
        connection.refuseNextRequest(null);
    }

    /** The failure to respond with, or null. Trailers have no method; they are not used, so they are not checked. */
    private @Nullable EdgeException check(int streamId, Http2Headers headers) throws Http2Exception {
        CharSequence method = headers.method();
        if (method == null) {
            return null;
        }
        require(HttpTokens.isToken(method), streamId, "the method is no token");
        CharSequence path = headers.path();
        require(path == null || isTarget(path, method), streamId, "the path has no valid form");
        long bytes = 0;
        int hosts = 0;
        for (Map.Entry<CharSequence, CharSequence> field : headers) {
            CharSequence name = field.getKey();
            CharSequence value = field.getValue();
            bytes += name.length() + value.length();
            require(!endsWithSpace(value), streamId, "a value ends with white space");
            if (HttpHeaderNames.HOST.contentEquals(name)) {
                hosts++;
                require(Authority.isValid(value), streamId, "the Host is no authority");
            }
        }
        CharSequence authority = headers.authority();
        require(authority == null || Authority.isValid(authority), streamId, "the authority is none");
        require(hosts == 1 || hosts == 0 && authority != null, streamId, "not exactly one authority");
        return oversize(path == null ? 0 : path.length(), bytes);
    }

    private static void require(boolean isSo, int streamId, String failure) throws Http2Exception {
        if (!isSo) {
            throw streamError(streamId, PROTOCOL_ERROR, failure);
        }
    }

    private static boolean endsWithSpace(CharSequence value) {
        int last = value.length() - 1;
        return last >= 0 && (value.charAt(last) == ' ' || value.charAt(last) == '\t');
    }

    private static boolean isTarget(CharSequence path, CharSequence method) {
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c <= ' ' || c >= 0x7f || c == '#') {
                return false;
            }
        }
        return path.length() > 0
                && (path.charAt(0) == '/' || path.length() == 1 && path.charAt(0) == '*' && isOptions(method));
    }

    private static boolean isOptions(CharSequence method) {
        return method.toString().equals("OPTIONS");
    }

    private @Nullable EdgeException oversize(int pathBytes, long bytes) {
        if (pathBytes > headerBytesMax) {
            return new EdgeException(EdgeError.URL_TOO_LONG);
        }
        return bytes - pathBytes > headerBytesMax ? new EdgeException(EdgeError.HEADERS_TOO_LARGE) : null;
    }
}
