package io.gatehouse.gateway.http.ports;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Makes the addresses of a server's redirects relative to the path of the request. A relative
 * address is right under every prefix that proxies put before the path.
 *
 * <p>Addresses of other hosts are refused. Otherwise a link with Open WebUI's own address could
 * lead to any site.
 */
final class Redirects {

  private static final Set<String> LOCAL = Set.of("localhost", "127.0.0.1", "[::1]", "0.0.0.0");

  private final int port;
  private final String path;
  private final String prefix;
  private final String host;

  /**
   * @param path the path of the request, as the server got it
   * @param prefix the path of the proxy for this port, without a slash at the end. A server that
   *     knows X-Forwarded-Prefix puts it before its addresses
   * @param host the host and port that the client has asked. A server that knows X-Forwarded-Host
   *     uses them in its addresses
   */
  Redirects(int port, String path, String prefix, String host) {
    this.port = port;
    this.path = path;
    this.prefix = prefix;
    this.host = host;
  }

  /** The relative form of an address, or empty if the address is not the server's. */
  Optional<String> relative(String location) {
    URI uri;
    try {
      uri = new URI(location.strip().replace(" ", "%20"));
    } catch (URISyntaxException malformed) {
      return Optional.empty();
    }
    if (uri.isOpaque() || !isHere(uri)) {
      return Optional.empty();
    }
    // Browsers read a backslash as a slash, but URI refuses backslashes above. Browsers do not read
    // an encoded backslash as a slash.
    String target = uri.getRawPath() == null ? "" : uri.getRawPath();
    boolean samePath = target.isEmpty() && uri.getRawAuthority() == null;
    if (samePath) {
      // The address is only a query or a fragment, for which the browser keeps the path.
      return Optional.of(location.strip());
    }
    String whole = withoutPrefix(target.startsWith("/") ? target : directory() + target);
    StringBuilder relative = new StringBuilder(up()).append(withoutDots(whole).substring(1));
    if (uri.getRawQuery() != null) {
      relative.append('?').append(uri.getRawQuery());
    }
    if (uri.getRawFragment() != null) {
      relative.append('#').append(uri.getRawFragment());
    }
    return Optional.of(relative.toString());
  }

  private boolean isHere(URI uri) {
    String authority = uri.getRawAuthority();
    if (authority == null) {
      return uri.getScheme() == null;
    }
    if (uri.getScheme() != null && !uri.getScheme().matches("(?i)https?")) {
      return false;
    }
    if (authority.equalsIgnoreCase(host)) {
      return true;
    }
    return uri.getHost() != null
        && uri.getRawUserInfo() == null
        && LOCAL.contains(uri.getHost().toLowerCase(Locale.ROOT))
        && uri.getPort() == port;
  }

  /** Removes the proxy's prefix, which a server may have put before its own path. */
  private String withoutPrefix(String target) {
    if (target.equals(prefix)) {
      return "/";
    }
    return target.startsWith(prefix + "/") ? target.substring(prefix.length()) : target;
  }

  private String directory() {
    return path.substring(0, path.lastIndexOf('/') + 1);
  }

  private String up() {
    long depth = path.chars().filter(each -> each == '/').count() - 1;
    return depth == 0 ? "./" : "../".repeat((int) depth);
  }

  /** Resolves dots, so that nothing leads above the server's own root (RFC 3986, section 5.2.4). */
  private static String withoutDots(String path) {
    Deque<String> kept = new ArrayDeque<>();
    String[] segments = path.split("/", -1);
    for (int index = 1; index < segments.length; index++) {
      boolean last = index == segments.length - 1;
      String plain = segments[index].replaceAll("(?i)%2e", ".");
      if (plain.equals("..")) {
        kept.pollLast();
      } else if (!plain.equals(".")) {
        kept.addLast(segments[index]);
        continue;
      }
      if (last) {
        kept.addLast("");
      }
    }
    return "/" + String.join("/", kept);
  }
}
