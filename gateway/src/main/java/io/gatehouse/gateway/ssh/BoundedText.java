package io.gatehouse.gateway.ssh;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Keeps the first bytes that are written and drops the rest. */
final class BoundedText extends OutputStream {

  /** The most bytes that are kept: enough for a few lines of error messages. */
  private static final int MOST = 8 * 1024;

  // Guarded by the lock of this object.
  private final ByteArrayOutputStream kept = new ByteArrayOutputStream();

  @Override
  public synchronized void write(int value) {
    if (kept.size() < MOST) {
      kept.write(value);
    }
  }

  @Override
  public synchronized void write(byte[] bytes, int offset, int length) {
    kept.write(bytes, offset, Math.min(length, MOST - kept.size()));
  }

  synchronized String text() {
    return kept.toString(StandardCharsets.UTF_8);
  }
}
