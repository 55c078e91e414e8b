package io.gatehouse.gateway.http.exchange;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.io.EndPoint;

/**
 * Reads the rest of a request that is refused already. A connection that is closed with unread
 * bytes is reset, and the client loses the answer.
 */
public final class RequestRest {

  /** The time for reading the whole rest, and for each wait within it. */
  private static final Duration LIMIT = Duration.ofSeconds(2);

  /** The most bytes that are read. A client that sends more may lose the answer. */
  private static final long MOST = 16 * 1024 * 1024;

  /**
   * The size of the buffer in bytes. It is small, because callers without credentials can have any
   * number of requests refused at a time.
   */
  private static final int BUFFER = 8 * 1024;

  private RequestRest() {}

  /** Reads to the end, within bounds; returns whether the end was reached. */
  public static boolean discard(HttpServletRequest request) {
    boolean hasBody =
        request.getContentLengthLong() > 0 || request.getHeader("Transfer-Encoding") != null;
    if (!hasBody) {
      return true;
    }
    EndPoint connection =
        ServletContextRequest.getServletContextRequest(request)
            .getConnectionMetaData()
            .getConnection()
            .getEndPoint();
    long idleLimit = connection.getIdleTimeout();
    connection.setIdleTimeout(LIMIT.toMillis());
    try {
      return isRead(request.getInputStream());
    } catch (IOException | IllegalStateException broken) {
      return false;
    } finally {
      connection.setIdleTimeout(idleLimit);
    }
  }

  private static boolean isRead(InputStream body) throws IOException {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    byte[] buffer = new byte[BUFFER];
    long left = MOST;
    while (left > 0 && System.nanoTime() < deadline) {
      int count = body.read(buffer);
      if (count < 0) {
        return true;
      }
      left -= count;
    }
    return false;
  }
}
