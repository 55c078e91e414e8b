package io.gatehouse.gateway.http.ports;

import io.gatehouse.gateway.http.exchange.RefusedException;

/**
 * What a request for {@code /proxy/PORT/PATH} asks of the server at the port, in the spelling in
 * which it came: an encoded slash stays one, and so does everything else.
 *
 * @param target the path and the query for the server; the path begins with a slash
 * @param path the path alone
 * @param complete whether there was a slash behind the port. Without it, a page's relative links
 *     would lead elsewhere.
 */
record ProxyPath(String target, String path, boolean complete) {

  private static final String PREFIX = "/proxy/";

  /**
   * Cuts the prefix off.
   *
   * @param uri the path as it came
   * @param query as it came, or empty
   */
  static ProxyPath of(String uri, String query, int port) {
    int end = uri.startsWith(PREFIX) ? uri.indexOf('/', PREFIX.length()) : -2;
    String number = uri.substring(PREFIX.length(), end < 0 ? uri.length() : end);
    // The route was found by the decoded path, in which %33 is 3 and dots are resolved.
    if (end == -2 || !number.equals(Integer.toString(port))) {
      throw new RefusedException(
          400, "the path of a port begins with /proxy/PORT/, as it is and not encoded");
    }
    String path = end < 0 ? "/" : uri.substring(end);
    return new ProxyPath(query.isEmpty() ? path : path + "?" + query, path, end >= 0);
  }
}
