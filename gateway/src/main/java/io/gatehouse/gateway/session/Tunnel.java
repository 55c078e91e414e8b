package io.gatehouse.gateway.session;

import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;

/** A connection to a TCP server that an account's login has made. */
public interface Tunnel extends AutoCloseable {

  /**
   * The bytes that the server sends. A read that waits for longer than the limit throws {@link
   * java.net.SocketTimeoutException}.
   */
  InputStream input();

  /**
   * The stream to the server. Bytes are sent with {@code flush}. A write waits for a slow server,
   * for a limited time.
   */
  OutputStream output();

  /** Sets how long a read may wait. */
  void readLimit(Duration limit);

  /** Whether the server may still send something. */
  boolean isOpen();

  @Override
  void close();
}
