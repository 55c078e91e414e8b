package io.gatehouse.gateway.ssh;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Takes apart what {@code sshd-config/root-helper} prints: a line {@code ID STATUS LENGTH} for each
 * answer, and as many bytes of text behind it.
 *
 * <p>It keeps at most one answer, and takes none that is longer than the helper's longest.
 */
final class RootAnswers extends OutputStream {

  /** Receives one answer. */
  interface Receiver {
    void receive(long id, ProvisioningAnswer answer);
  }

  /** Bytes of the longest text, as in the helper. */
  static final int LONGEST_TEXT = 8192;

  private static final int LONGEST_LINE = 64;
  private static final Pattern LINE = Pattern.compile("([0-9]{1,18}) ([0-9]{1,3}) ([0-9]{1,4})");

  private final Receiver receiver;
  private final ByteArrayOutputStream part = new ByteArrayOutputStream();

  private long id;
  private int status;

  /** The bytes of text that are still to come, or -1 while a line is read. */
  private int missing = -1;

  RootAnswers(Receiver receiver) {
    this.receiver = receiver;
  }

  /**
   * Takes one byte.
   *
   * @throws IOException if it is none of an answer; where the next one begins is unknown then
   */
  @Override
  public void write(int value) throws IOException {
    if (missing < 0 && value == '\n') {
      readLine(part.toString(StandardCharsets.US_ASCII));
      part.reset();
    } else {
      part.write(value);
      if (missing > 0) {
        missing--;
      } else if (part.size() > LONGEST_LINE) {
        throw new IOException("the line of an answer is too long");
      }
    }
    if (missing == 0) {
      missing = -1;
      String text = part.toString(StandardCharsets.UTF_8).strip();
      part.reset();
      receiver.receive(id, new ProvisioningAnswer(Optional.of(status), text));
    }
  }

  private void readLine(String line) throws IOException {
    Matcher parts = LINE.matcher(line);
    if (!parts.matches() || Integer.parseInt(parts.group(3)) > LONGEST_TEXT) {
      throw new IOException("no answer: " + line);
    }
    id = Long.parseLong(parts.group(1));
    status = Integer.parseInt(parts.group(2));
    missing = Integer.parseInt(parts.group(3));
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    for (int i = offset; i < offset + length; i++) {
      write(bytes[i]);
    }
  }
}
