package io.gatehouse.gateway.http.mcp;

import io.gatehouse.gateway.http.exchange.RefusedException;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Decides from which pages of a browser requests may come, as the protocol demands: a page whose
 * name leads to this server only after it was opened (DNS rebinding) must not reach it.
 *
 * <p>Programs send no origin. A page needs credentials as everybody does, so this is a second wall.
 */
final class Origins {

  /** A page that is served on the browser's own machine, such as MCP's inspector. */
  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

  private final List<String> allowed;

  /**
   * @param allowed the origins that are allowed by name. {@code *} allows none here: it says that
   *     nobody has thought about origins
   */
  Origins(List<String> allowed) {
    this.allowed = List.copyOf(allowed);
  }

  /**
   * Refuses a page that is not allowed.
   *
   * @throws RefusedException 403
   */
  void require(Optional<String> origin) {
    if (origin.isPresent() && !allowed.contains(origin.get()) && !isLoopback(origin.get())) {
      throw RefusedException.ofConcern(
          403,
          "Pages of this origin may not use MCP; name it in OPEN_TERMINAL_CORS_ALLOWED_ORIGINS",
          "its page is not named in OPEN_TERMINAL_CORS_ALLOWED_ORIGINS");
    }
  }

  private static boolean isLoopback(String origin) {
    try {
      URI uri = URI.create(origin);
      String scheme = uri.getScheme();
      String host = uri.getHost();
      return host != null
          && ("http".equals(scheme) || "https".equals(scheme))
          && LOOPBACK.contains(host);
    } catch (IllegalArgumentException noUri) {
      return false;
    }
  }
}
