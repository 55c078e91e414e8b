package io.gatehouse.gateway.terminal;

import java.io.IOException;

/** A client that shows a terminal's output. */
public interface Viewer {

  /**
   * Shows output and returns when it has been sent. A slow viewer makes the programs wait.
   *
   * @throws IOException if the client has gone
   */
  void show(byte[] output, int offset, int length) throws IOException;

  /** Tells the client that the output has ended. */
  void end();

  /** Breaks the connection, even if some output was not shown yet. */
  void drop();
}
