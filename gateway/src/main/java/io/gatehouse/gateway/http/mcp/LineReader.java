package io.gatehouse.gateway.http.mcp;

import io.gatehouse.gateway.http.exchange.RefusedException;
import io.gatehouse.gateway.session.BudgetException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.Optional;

/** Reads lines, of which none is longer than a body may be. */
final class LineReader {

  private static final int BUFFER = 4 * 1024;

  private final ReadableByteChannel channel;
  private final long longest;
  private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER).flip();

  /**
   * @param longest bytes of the longest line
   */
  LineReader(ReadableByteChannel channel, long longest) {
    this.channel = channel;
    this.longest = longest;
  }

  /**
   * Reads a line, without the line feed at its end.
   *
   * @param line takes the bytes of the line
   * @return whether there was a line
   * @throws RefusedException 413 if it is too long; the next line can be read
   * @throws BudgetException if there is no memory for it; the next line can be read
   */
  boolean read(HeldOutput line) throws IOException {
    Optional<RuntimeException> refusal = Optional.empty();
    boolean isWhole = false;
    while (!isWhole) {
      if (!buffer.hasRemaining() && !fill()) {
        return line.size() > 0;
      }
      int begin = buffer.position();
      int end = begin;
      while (end < buffer.limit() && buffer.get(end) != '\n') {
        end++;
      }
      isWhole = end < buffer.limit();
      buffer.position(isWhole ? end + 1 : end);
      if (refusal.isEmpty()) {
        refusal = keep(line, begin, end - begin);
      }
    }
    if (refusal.isPresent()) {
      throw refusal.get();
    }
    return true;
  }

  private Optional<RuntimeException> keep(HeldOutput line, int begin, int length) {
    try {
      if (line.size() + length > longest) {
        throw new RefusedException(413, "A message must have at most " + longest + " bytes");
      }
      line.write(buffer.array(), begin, length);
      return Optional.empty();
    } catch (RefusedException | BudgetException refusal) {
      line.reset();
      return Optional.of(refusal);
    }
  }

  private boolean fill() throws IOException {
    buffer.clear();
    int count = channel.read(buffer);
    buffer.flip();
    return count > 0;
  }
}
