package io.gatehouse.documents;

import java.io.IOException;
import java.io.Writer;

/** Takes so many characters and no more. */
final class BoundedWriter extends Writer {

  private final Writer out;
  private long left;
  private boolean exceeded;

  BoundedWriter(Writer out, long most) {
    super();
    this.out = out;
    this.left = most;
  }

  /** Whether there was more, whatever its writer made of the exception. */
  boolean isExceeded() {
    return exceeded;
  }

  @Override
  public void write(char[] characters, int offset, int length) throws IOException {
    if (length > left) {
      exceeded = true;
      throw new IOException("the text is too long");
    }
    left -= length;
    out.write(characters, offset, length);
  }

  @Override
  public void flush() throws IOException {
    out.flush();
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}
