package io.gatehouse.gateway.ssh;

import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A command's output without the line in which the prelude reports.
 *
 * <p>What the user's own startup files print before that line is passed on; what comes after it is
 * not looked at.
 */
final class PreludeOutput extends FilterInputStream {

  /** What begins the report: the record separator, which no startup file prints by accident. */
  private static final int MARK = 0x1e;

  /** A report is a process id or one word. */
  private static final int LONGEST_REPORT = 64;

  private final Consumer<String> reports;

  /** The report read so far; null before its mark. */
  private @Nullable ByteArrayOutputStream report;

  private boolean reported;

  /**
   * @param reports told the report once, by the reading thread; an empty one if there was none
   */
  PreludeOutput(InputStream output, Consumer<String> reports) {
    super(output);
    this.reports = reports;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    while (true) {
      int count = super.read(buffer, offset, length);
      if (count <= 0 || reported) {
        if (count < 0) {
          report("");
        }
        return count;
      }
      int kept = withoutReport(buffer, offset, count);
      if (kept > 0) {
        return kept;
      }
    }
  }

  /** Takes the report's bytes out of the buffer and returns how many are left. */
  private int withoutReport(byte[] buffer, int offset, int count) {
    int kept = offset;
    for (int next = offset; next < offset + count; next++) {
      byte value = buffer[next];
      if (reported) {
        buffer[kept++] = value;
      } else if (report != null) {
        extendReport(report, value);
      } else if (value == MARK) {
        report = new ByteArrayOutputStream(LONGEST_REPORT);
      } else {
        buffer[kept++] = value;
      }
    }
    return kept - offset;
  }

  private void extendReport(ByteArrayOutputStream text, byte value) {
    if (value == '\n' || text.size() == LONGEST_REPORT) {
      report(text.toString(StandardCharsets.US_ASCII).strip());
    } else {
      text.write(value);
    }
  }

  private void report(String text) {
    if (!reported) {
      reported = true;
      reports.accept(text);
    }
  }
}
