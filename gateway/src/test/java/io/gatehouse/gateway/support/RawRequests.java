package io.gatehouse.gateway.support;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Map;

/**
 * Sends the requests of a user to a gateway on loopback as they are written. A client of HTTP would
 * change or refuse some of them.
 *
 * @param gateway the gateway's port
 * @param key the API key
 * @param user the user's id
 */
public record RawRequests(int gateway, String key, String user) {

  private static final Duration LIMIT = Duration.ofSeconds(30);

  /** A client for requests that need not be sent as they are written. */
  public Client client() {
    return new Client("http://127.0.0.1:" + gateway, Map.of("Authorization", "Bearer " + key))
        .user(user);
  }

  /**
   * Sends bytes and returns the whole answer.
   *
   * @param request with CREDENTIALS for the lines that say who the user is
   */
  public String send(String request) {
    String credentials = "Authorization: Bearer " + key + "\r\nX-User-Id: " + user + "\r\n";
    String text = request.replace("CREDENTIALS\r\n", credentials);
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), gateway)) {
      socket.setSoTimeout((int) LIMIT.toMillis());
      socket.getOutputStream().write(text.getBytes(ISO_8859_1));
      socket.shutdownOutput();
      return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** Sends a GET with this target and returns the whole answer. */
  public String get(String target) {
    return send(
        "GET "
            + target
            + " HTTP/1.1\r\nHost: gatehouse\r\nCREDENTIALS\r\nConnection: close\r\n\r\n");
  }
}
