package io.gatehouse.gateway.http.ports;

import io.gatehouse.gateway.http.exchange.RefusedException;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Collections;
import java.util.List;

/**
 * Decides which pages of a browser may open WebSockets to ports.
 *
 * <p>Browsers let every page open a WebSocket to every server, and read all of it. If a proxy
 * before Gatehouse finds the user by a cookie, the browser sends the cookie along. So without this
 * check, a page of any site could talk to the user's programs.
 */
final class PageOrigins {

  private final List<String> allowed;

  /**
   * @param allowed the origins that are allowed by name. {@code *}, the default of the setting,
   *     allows none here
   */
  PageOrigins(List<String> allowed) {
    this.allowed = List.copyOf(allowed);
  }

  /**
   * Refuses pages of other sites. Programs that are not browsers send no origin.
   *
   * @throws RefusedException 403
   */
  void require(HttpServletRequest client) {
    List<String> origins = Collections.list(client.getHeaders("Origin"));
    boolean right =
        origins.isEmpty()
            || (origins.size() == 1
                && (allowed.contains(origins.get(0)) || isOwn(origins.get(0), client)));
    if (!right) {
      throw RefusedException.ofConcern(
          403,
          "Pages of this origin may not open WebSockets to ports; name it in"
              + " OPEN_TERMINAL_CORS_ALLOWED_ORIGINS",
          "the origin of its page is not named in OPEN_TERMINAL_CORS_ALLOWED_ORIGINS");
    }
  }

  /** Whether the page came from the address that the client asks now. */
  private static boolean isOwn(String origin, HttpServletRequest client) {
    String host = client.getHeader("Host");
    try {
      return host != null && host.equalsIgnoreCase(new URI(origin).getRawAuthority());
    } catch (URISyntaxException malformed) {
      return false;
    }
  }
}
