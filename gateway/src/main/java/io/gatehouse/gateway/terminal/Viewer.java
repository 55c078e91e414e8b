package io.gatehouse.gateway.terminal;

import java.io.IOException;

/** Somebody who looks at a terminal. */
public interface Viewer {

  /**
   * Shows output and returns when it is on its way; who looks slowly makes the programs wait.
   *
   * @throws IOException if nobody looks any more
   */
  void show(byte[] output, int offset, int length) throws IOException;

  /** Tells that there is nothing more to see. */
  void end();

  /** Breaks the connection, whatever was not shown yet. */
  void drop();
}
