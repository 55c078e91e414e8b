package io.gatehouse.gateway.files.text;

import java.io.IOException;
import java.io.Reader;

/**
 * Reads some lines of a text, and counts them all.
 *
 * <p>As in Open Terminal, lines end where Python's {@code str.splitlines} ends them, and {@code
 * \r\n} and {@code \r} are read as {@code \n}.
 */
public final class Lines extends Reader {

  private static final String LINE_BREAKS = "\n\u000b\f\u001c\u001d\u001e\u0085\u2028\u2029";
  private static final int BUFFER = 8 * 1024;

  private final Reader source;
  private final long first;
  private final long last;
  private final char[] buffer = new char[BUFFER];
  private int position;
  private int limit;
  private long breaks;
  private boolean lineBegun;
  private boolean afterReturn;

  /**
   * @param first the number of the first line to read, from 1
   * @param last the number of the last line to read
   */
  public Lines(Reader source, long first, long last) {
    super();
    this.source = source;
    this.first = first;
    this.last = last;
  }

  /** The number of lines of the whole text; known when all of it has been read. */
  public long total() {
    return breaks + (lineBegun ? 1 : 0);
  }

  @Override
  public int read(char[] target, int offset, int length) throws IOException {
    int written = 0;
    while (written < length) {
      if (position == limit) {
        if (written > 0) {
          return written;
        }
        position = 0;
        limit = source.read(buffer, 0, buffer.length);
        if (limit < 0) {
          limit = 0;
          return -1;
        }
      }
      while (position < limit && written < length) {
        written += next(buffer[position++], target, offset + written);
      }
    }
    return written;
  }

  /** Takes one character, and returns how many characters it wrote to the target. */
  private int next(char character, char[] target, int at) {
    if (character == '\n' && afterReturn) {
      afterReturn = false;
      return 0;
    }
    afterReturn = character == '\r';
    char read = afterReturn ? '\n' : character;
    long line = breaks + 1;
    if (isBreak(read)) {
      breaks++;
      lineBegun = false;
    } else {
      lineBegun = true;
    }
    if (line < first || line > last) {
      return 0;
    }
    target[at] = read;
    return 1;
  }

  /** Whether a line ends with this character, once {@code \r} is read as {@code \n}. */
  public static boolean isBreak(char character) {
    return LINE_BREAKS.indexOf(character) >= 0;
  }

  @Override
  public void close() throws IOException {
    source.close();
  }
}
