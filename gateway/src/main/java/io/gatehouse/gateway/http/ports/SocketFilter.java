package io.gatehouse.gateway.http.ports;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Makes Javalin take requests for WebSockets to ports for ordinary requests, so that they pass the
 * routes of the proxy.
 *
 * <p>Javalin takes every request with the header Sec-WebSocket-Version for a WebSocket that it has
 * to serve itself. This filter hides that header from {@link HttpServletRequest#getHeader}. {@link
 * HttpServletRequest#getHeaders} still has it.
 */
public final class SocketFilter extends HttpFilter {

  /** The paths for which this filter is made. */
  public static final String PATHS = "/proxy/*";

  static final String VERSION = "Sec-WebSocket-Version";

  private static final long serialVersionUID = 1L;

  @Override
  protected void doFilter(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    boolean asks = request.getHeader(VERSION) != null;
    chain.doFilter(asks ? new Hidden(request) : request, response);
  }

  private static final class Hidden extends HttpServletRequestWrapper {

    private Hidden(HttpServletRequest request) {
      super(request);
    }

    @Override
    public @Nullable String getHeader(String name) {
      return name.equalsIgnoreCase(VERSION) ? null : super.getHeader(name);
    }
  }
}
