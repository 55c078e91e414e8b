package io.gatehouse.documents.text;

import java.io.IOException;
import java.io.Writer;

/** Passes on a given number of characters and refuses the rest. */
public final class BoundedWriter extends Writer {

  private final Writer out;
  private final long most;
  private long left;
  private long kept;
  private boolean exceeded;
  private boolean lineEnded = true;

  public BoundedWriter(Writer out, long most) {
    super();
    this.out = out;
    this.most = most;
    this.left = most;
  }

  /** Whether text was refused, even if whoever wrote it has swallowed the exception. */
  public boolean isExceeded() {
    return exceeded;
  }

  /** Refuses characters that are kept to be written later, so that memory is bounded as well. */
  void reserve(int length) throws IOException {
    kept += length;
    if (kept > most) {
      exceeded = true;
      throw new IOException("the text is too long");
    }
  }

  /** Ends the line, unless nothing but an indentation is on it. */
  void startLine() throws IOException {
    if (!lineEnded) {
      write("\n");
    }
  }

  @Override
  public void write(char[] characters, int offset, int length) throws IOException {
    if (length > left) {
      exceeded = true;
      throw new IOException("the text is too long");
    }
    left -= length;
    lineEnded = length > 0 ? "\t\n".indexOf(characters[offset + length - 1]) >= 0 : lineEnded;
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
