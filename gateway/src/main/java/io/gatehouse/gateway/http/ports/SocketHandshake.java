package io.gatehouse.gateway.http.ports;

import io.gatehouse.gateway.http.exchange.RefusedException;
import jakarta.servlet.http.HttpServletRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.HttpResponse;

/**
 * A client's request to speak WebSocket with a user's server (RFC 6455, section 4).
 *
 * @param key the value that the server has to answer in another form. By it, the client knows that
 *     the server has understood the request
 */
record SocketHandshake(String key) {

  static final String PROTOCOL = "websocket";

  private static final String UPGRADE = "Upgrade";
  private static final String CONNECTION = "Connection";
  private static final String VERSION = "13";
  private static final int KEY_BYTES = 16;

  /** The text that RFC 6455 appends to the key. */
  private static final String OF_RFC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

  /**
   * Reads the request of a client.
   *
   * @return empty if the client does not ask for a WebSocket
   * @throws RefusedException 400 if the client asks for it in a wrong way
   */
  static Optional<SocketHandshake> of(HttpServletRequest client) {
    if (!has(values(client, UPGRADE), PROTOCOL) || !has(values(client, CONNECTION), UPGRADE)) {
      return Optional.empty();
    }
    List<String> keys = values(client, "Sec-WebSocket-Key");
    boolean right =
        client.getMethod().equals("GET")
            && client.getProtocol().equals("HTTP/1.1")
            && client.getContentLengthLong() <= 0
            && client.getHeader("Transfer-Encoding") == null
            && values(client, SocketFilter.VERSION).equals(List.of(VERSION))
            && keys.size() == 1
            && isKey(keys.get(0));
    if (!right) {
      throw new RefusedException(
          400,
          "A request for a WebSocket must be a GET of HTTP/1.1 without a body, with"
              + " Sec-WebSocket-Version: 13 and a Sec-WebSocket-Key of 16 bytes in Base64");
    }
    return Optional.of(new SocketHandshake(keys.get(0)));
  }

  private static List<String> values(HttpServletRequest client, String name) {
    return Collections.list(client.getHeaders(name));
  }

  private static boolean has(List<String> values, String word) {
    return ForwardedRequest.named(values).contains(word.toLowerCase(Locale.ROOT));
  }

  private static boolean isKey(String key) {
    try {
      return Base64.getDecoder().decode(key).length == KEY_BYTES;
    } catch (IllegalArgumentException noBase64) {
      return false;
    }
  }

  /** Adds the headers that ask the server for a WebSocket. They are not copied from the client. */
  static void ask(HttpRequest request) {
    request.addHeader(CONNECTION, UPGRADE);
    request.addHeader(UPGRADE, PROTOCOL);
  }

  /**
   * Whether the server's answer 101 belongs to this request. If it does not, the server may take
   * the bytes of the client for something else, such as further requests.
   */
  boolean isAnsweredBy(HttpResponse answer) {
    return has(values(answer, UPGRADE), PROTOCOL)
        && has(values(answer, CONNECTION), UPGRADE)
        && values(answer, "Sec-WebSocket-Accept").equals(List.of(accept()));
  }

  private static List<String> values(HttpResponse answer, String name) {
    return List.of(answer.getHeaders(name)).stream()
        .map(Header::getValue)
        .map(String::valueOf)
        .toList();
  }

  private String accept() {
    try {
      byte[] text = (key + OF_RFC).getBytes(StandardCharsets.US_ASCII);
      return Base64.getEncoder().encodeToString(MessageDigest.getInstance("SHA-1").digest(text));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
