package io.gatehouse.gateway.ssh;

import io.gatehouse.gateway.account.Boundary;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * A command's output without the line in which the prelude reports.
 *
 * <p>What the user's own start files print before that line is passed on, also what only looks like
 * the beginning of a report; what comes after it is not looked at.
 */
final class PreludeOutput extends FilterInputStream {

  /** A report is a process id or one word. */
  private static final int LONGEST_REPORT = 64;

  private final Pattern form;
  private final Consumer<Optional<String>> reports;

  /** From a mark on, what may be the report; empty before a mark. */
  private final ByteArrayOutputStream line = new ByteArrayOutputStream(LONGEST_REPORT);

  /** What was passed on of the last read and did not fit the reader's buffer. */
  private byte[] rest = {};

  private int restFrom;
  private boolean reported;

  /**
   * @param form what a report looks like, without its mark and its line end
   * @param reports told the report once, by the reading thread; nothing if the output ended without
   */
  PreludeOutput(InputStream output, Pattern form, Consumer<Optional<String>> reports) {
    super(output);
    this.form = form;
    this.reports = reports;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    int count;
    do {
      count = readSome(buffer, offset, length);
    } while (count == 0 && length > 0);
    return count;
  }

  /** As {@link #read(byte[], int, int)}, but also returns, with 0, when it has read a report. */
  int readSome(byte[] buffer, int offset, int length) throws IOException {
    if (restFrom < rest.length) {
      return takeRest(buffer, offset, length);
    }
    int count = super.read(buffer, offset, length);
    if (reported) {
      return count;
    }
    ByteArrayOutputStream passed = new ByteArrayOutputStream();
    for (int next = offset; next < offset + count; next++) {
      take(buffer[next], passed);
    }
    if (count < 0) {
      line.writeTo(passed);
      report(Optional.empty());
    }
    rest = passed.toByteArray();
    restFrom = 0;
    return count < 0 && rest.length == 0 ? -1 : takeRest(buffer, offset, length);
  }

  private int takeRest(byte[] buffer, int offset, int length) {
    int count = Math.min(length, rest.length - restFrom);
    System.arraycopy(rest, restFrom, buffer, offset, count);
    restFrom += count;
    return count;
  }

  private void take(byte value, ByteArrayOutputStream passed) throws IOException {
    if (reported || (line.size() == 0 && value != Boundary.REPORT_MARK)) {
      passed.write(value);
      return;
    }
    if (value == Boundary.REPORT_MARK || line.size() > LONGEST_REPORT) {
      passOnLine(passed);
    }
    if (line.size() == 0 && value != Boundary.REPORT_MARK) {
      passed.write(value);
      return;
    }
    line.write(value);
    if (value == '\n') {
      endLine(passed);
    }
  }

  private void endLine(ByteArrayOutputStream passed) throws IOException {
    String text = line.toString(StandardCharsets.ISO_8859_1).substring(1).strip();
    if (form.matcher(text).matches()) {
      line.reset();
      report(Optional.of(text));
    } else {
      passOnLine(passed);
    }
  }

  /** It was no report. */
  private void passOnLine(ByteArrayOutputStream passed) throws IOException {
    line.writeTo(passed);
    line.reset();
  }

  private void report(Optional<String> text) {
    reported = true;
    reports.accept(text);
  }
}
