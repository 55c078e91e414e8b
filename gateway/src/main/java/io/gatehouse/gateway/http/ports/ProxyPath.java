package io.gatehouse.gateway.http.ports;

import io.gatehouse.gateway.http.exchange.RefusedException;

/**
 * The path that a request for {@code /proxy/PORT/PATH} asks the server at the port for. It is
 * spelled as the client has spelled it, so an encoded slash stays encoded.
 *
 * @param target the path and the query for the server; the path begins with a slash
 * @param path the path without the query
 * @param complete whether there was a slash behind the port. Without the slash, the relative links
 *     of a page would lead to other paths
 */
record ProxyPath(String target, String path, boolean complete) {

  private static final String PREFIX = "/proxy/";

  /**
   * Removes the prefix {@code /proxy/PORT} from a path.
   *
   * @param uri the path as the client has sent it
   * @param query the query as the client has sent it, or empty
   */
  static ProxyPath of(String uri, String query, int port) {
    int end = uri.startsWith(PREFIX) ? uri.indexOf('/', PREFIX.length()) : -2;
    String number = uri.substring(PREFIX.length(), end < 0 ? uri.length() : end);
    // The route was found by the decoded path, in which %33 is 3 and dots are resolved.
    if (end == -2 || !number.equals(Integer.toString(port))) {
      throw new RefusedException(
          400,
          "the path of a port must begin with /proxy/PORT/, without encoded characters and dots");
    }
    String path = end < 0 ? "/" : uri.substring(end);
    return new ProxyPath(query.isEmpty() ? path : path + "?" + query, path, end >= 0);
  }
}
