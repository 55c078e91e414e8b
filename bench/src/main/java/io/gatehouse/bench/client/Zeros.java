package io.gatehouse.bench.client;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/** A stream of a given number of zero bytes. */
public final class Zeros extends InputStream {

  private long left;
  private volatile boolean stopped;

  public Zeros(long count) {
    super();
    left = count;
  }

  /** From now on, reads fail. */
  public void stop() {
    stopped = true;
  }

  @Override
  public int read() {
    return left-- > 0 ? 0 : -1;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (stopped) {
      throw new IOException("the stream was stopped");
    }
    if (left <= 0) {
      return -1;
    }
    int count = (int) Math.min(left, length);
    Arrays.fill(target, offset, offset + count, (byte) 0);
    left -= count;
    return count;
  }
}
