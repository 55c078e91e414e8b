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
 * A command's output without the line in which the prelude ({@code sshd-config/command}) reports
 * that the command starts.
 *
 * <p>The output of the user's own start files before that line is passed on, and so is text that
 * only looks like the beginning of a report. Output after the line is passed on unexamined.
 */
final class PreludeOutput extends FilterInputStream {

  /** The most bytes of a report, which consists of a word, a process id, or both. */
  private static final int LONGEST_REPORT = 64;

  private final Pattern form;
  private final Consumer<Optional<String>> reports;

  /** The bytes since a report's mark, which may be a report; empty if there was no mark. */
  private final ByteArrayOutputStream line = new ByteArrayOutputStream(LONGEST_REPORT);

  /** The bytes of the last read that did not fit into the reader's buffer. */
  private byte[] rest = {};

  private int restFrom;
  private boolean reported;

  /**
   * @param form the form of a report, without its mark and its line end
   * @param reports gets the report once, on the reading thread; empty if the output ended without a
   *     report
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

  /** Reads like {@link #read(byte[], int, int)}, but returns 0 as soon as it has read a report. */
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

  /** Passes on a line that turned out not to be a report. */
  private void passOnLine(ByteArrayOutputStream passed) throws IOException {
    line.writeTo(passed);
    line.reset();
  }

  private void report(Optional<String> text) {
    reported = true;
    reports.accept(text);
  }
}
