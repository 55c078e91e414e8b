package io.gatehouse.gateway.http.ports;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.io.entity.AbstractHttpEntity;
import org.apache.hc.core5.http.message.BasicClassicHttpRequest;

/**
 * A client's request in the form in which a user's server gets it. Headers for Gatehouse and for
 * the client's connection are left out. Headers are added that tell the server which address the
 * client has asked.
 */
final class ForwardedRequest {

  /** Headers that belong to one connection and are not passed on (RFC 9110, section 7.6.1). */
  static final Set<String> OF_CONNECTION =
      Set.of(
          "connection",
          "keep-alive",
          "proxy-connection",
          "proxy-authenticate",
          "proxy-authorization",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade");

  /**
   * The client's credentials and ids for Gatehouse and Open WebUI. All cookies belong to these two,
   * because {@link AnswerHeaders} lets no user's server set a cookie.
   */
  private static final Set<String> OF_GATEHOUSE =
      Set.of(
          "authorization",
          "cookie",
          "cookie2",
          "x-user-id",
          "x-session-id",
          "x-terminal-context-id",
          "x-api-key");

  private static final String OF_OPEN_WEBUI = "x-openwebui-";

  /** Headers that are not copied; those that the server needs are written with new values. */
  private static final Set<String> WRITTEN =
      Set.of(
          "host",
          "content-length",
          "expect",
          "origin",
          "forwarded",
          "x-forwarded-for",
          "x-forwarded-host",
          "x-forwarded-proto",
          "x-forwarded-port",
          "x-forwarded-prefix",
          "x-forwarded-ssl",
          "x-real-ip");

  private static final Pattern PREFIX = Pattern.compile("(/[A-Za-z0-9._~-]+)*");

  private final ClassicHttpRequest request;
  private final Body body;

  private ForwardedRequest(ClassicHttpRequest request, Body body) {
    this.request = request;
    this.body = body;
  }

  static ForwardedRequest of(HttpServletRequest client, ProxyPath path, int port)
      throws IOException {
    ClassicHttpRequest request = new BasicClassicHttpRequest(client.getMethod(), path.target());
    request.addHeader("Host", "localhost:" + port);
    Set<String> left = named(Collections.list(client.getHeaders("Connection")));
    for (String name : Collections.list(client.getHeaderNames())) {
      String lower = name.toLowerCase(Locale.ROOT);
      if (!isKept(lower) || left.contains(lower)) {
        continue;
      }
      Collections.list(client.getHeaders(name)).forEach(value -> request.addHeader(name, value));
    }
    Optional.ofNullable(client.getHeader("Origin"))
        .ifPresent(origin -> request.addHeader("Origin", origin(origin, client, port)));
    addWay(request, client, port);
    return new ForwardedRequest(request, addBody(request, client));
  }

  private static boolean isKept(String lower) {
    return !OF_CONNECTION.contains(lower)
        && !OF_GATEHOUSE.contains(lower)
        && !WRITTEN.contains(lower)
        && !lower.startsWith(OF_OPEN_WEBUI);
  }

  /** The names in Connection headers: these headers belong to the connection only. */
  static Set<String> named(List<String> connection) {
    Set<String> names = new HashSet<>();
    for (String value : connection) {
      for (String name : value.split(",", -1)) {
        names.add(name.strip().toLowerCase(Locale.ROOT));
      }
    }
    return names;
  }

  /**
   * Returns the value of Origin for the server. For a page of the server itself, the client sends
   * the address of Gatehouse. It is replaced by {@code localhost}, because servers compare Origin
   * with Host.
   */
  private static String origin(String origin, HttpServletRequest client, int port) {
    String own = client.getHeader("Host");
    try {
      URI uri = new URI(origin);
      if (own != null && own.equalsIgnoreCase(uri.getRawAuthority())) {
        return "http://localhost:" + port;
      }
    } catch (URISyntaxException malformed) {
      return "null";
    }
    return origin;
  }

  private static void addWay(ClassicHttpRequest request, HttpServletRequest client, int port) {
    request.addHeader("X-Forwarded-For", client.getRemoteAddr());
    Optional.ofNullable(client.getHeader("Host"))
        .ifPresent(host -> request.addHeader("X-Forwarded-Host", host));
    String scheme = client.getHeader("X-Forwarded-Proto");
    boolean known = "http".equals(scheme) || "https".equals(scheme);
    request.addHeader("X-Forwarded-Proto", known ? scheme : client.getScheme());
    request.addHeader("X-Forwarded-Prefix", prefix(client, port));
  }

  /**
   * The path of the proxy for this port. If a proxy before Gatehouse has removed a prefix from the
   * path, it begins with this prefix.
   */
  static String prefix(HttpServletRequest client, int port) {
    String outer = client.getHeader("X-Forwarded-Prefix");
    return (outer != null && PREFIX.matcher(outer).matches() ? outer : "") + "/proxy/" + port;
  }

  private static Body addBody(ClassicHttpRequest request, HttpServletRequest client)
      throws IOException {
    long length = client.getContentLengthLong();
    boolean chunked = client.getHeader("Transfer-Encoding") != null;
    Body body = new Body(client.getInputStream(), chunked ? -1 : length);
    if (chunked) {
      request.addHeader("Transfer-Encoding", "chunked");
      request.setEntity(body);
    } else if (length >= 0) {
      request.addHeader("Content-Length", Long.toString(length));
      if (length > 0) {
        request.setEntity(body);
      }
    }
    return body;
  }

  ClassicHttpRequest request() {
    return request;
  }

  /** Whether the request can be sent again. */
  boolean isRepeatable() {
    return !body.begun;
  }

  /** The client's body, which is sent to the server while it arrives. */
  private static final class Body extends AbstractHttpEntity {

    private static final int BUFFER = 32 * 1024;

    private final InputStream in;
    private final long length;
    private boolean begun;

    private Body(InputStream in, long length) {
      super((String) null, null, length < 0);
      this.in = in;
      this.length = length;
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
      begun = true;
      byte[] buffer = new byte[BUFFER];
      long left = length < 0 ? Long.MAX_VALUE : length;
      while (left > 0) {
        int count = read(buffer, (int) Math.min(left, BUFFER));
        if (count < 0) {
          if (length >= 0) {
            throw new AppConnection.ClientBodyException(new IOException("the body is too short"));
          }
          return;
        }
        out.write(buffer, 0, count);
        left -= count;
        if (in.available() == 0) {
          out.flush();
        }
      }
    }

    private int read(byte[] buffer, int most) throws IOException {
      try {
        return in.read(buffer, 0, most);
      } catch (IOException failure) {
        throw new AppConnection.ClientBodyException(failure);
      }
    }

    @Override
    public boolean isRepeatable() {
      return false;
    }

    @Override
    public long getContentLength() {
      return length;
    }

    @Override
    public InputStream getContent() {
      return in;
    }

    @Override
    public boolean isStreaming() {
      return true;
    }

    @Override
    public void close() {}
  }
}
