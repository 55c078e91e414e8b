package io.gatehouse.gateway.http;

import io.gatehouse.gateway.account.Boundary.RuntimeFile;
import io.gatehouse.gateway.http.describe.ServiceSettings;
import java.nio.file.Path;
import java.util.List;

/**
 * The settings of the HTTP server: where it listens, and what it accepts and answers.
 *
 * @param host the address to bind
 * @param port the port to bind; 0 takes a free one
 * @param corsAllowedOrigins the origins of web pages that may call the server; {@code *} for all
 * @param largestBody the most bytes of a request's body, except for an upload
 * @param runtimeDirectory the directory that {@code sshd-config/prepare} made for this start
 */
public record HttpSettings(
    String host,
    int port,
    List<String> corsAllowedOrigins,
    long largestBody,
    ServiceSettings service,
    FileSettings files,
    Path runtimeDirectory) {

  public static final String DEFAULT_HOST = "0.0.0.0";
  public static final int DEFAULT_PORT = 8000;
  public static final List<String> DEFAULT_CORS_ALLOWED_ORIGINS = List.of("*");

  /**
   * The most bytes of a request's body. A command with its environment is far smaller, but a file
   * to write may be this large.
   */
  public static final long DEFAULT_LARGEST_BODY = 10_000_000;

  public HttpSettings {
    corsAllowedOrigins = List.copyOf(corsAllowedOrigins);
  }

  /** The unix socket for {@code gatehouse mcp}, served if its folder is there. */
  Path mcpSocket() {
    return RuntimeFile.MCP_SOCKET.in(runtimeDirectory);
  }
}
