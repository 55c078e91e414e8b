package io.gatehouse.gateway.http.mcp;

import java.io.IOException;
import java.io.OutputStream;

/**
 * Keeps a message on one line. A line break stands between values of JSON only, where a space means
 * the same.
 */
final class OneLine extends OutputStream {

  private final OutputStream out;

  OneLine(OutputStream out) {
    super();
    this.out = out;
  }

  @Override
  public void write(int value) throws IOException {
    out.write(isBreak((byte) value) ? ' ' : value);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    int from = offset;
    for (int at = offset; at < offset + length; at++) {
      if (isBreak(bytes[at])) {
        out.write(bytes, from, at - from);
        out.write(' ');
        from = at + 1;
      }
    }
    out.write(bytes, from, offset + length - from);
  }

  private static boolean isBreak(byte value) {
    return value == '\n' || value == '\r';
  }

  @Override
  public void flush() throws IOException {
    out.flush();
  }
}
