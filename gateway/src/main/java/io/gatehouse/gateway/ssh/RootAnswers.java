package io.gatehouse.gateway.ssh;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Parses the output of {@code sshd-config/root-helper}: for each answer, a line {@code ID STATUS
 * LENGTH} and a text of that length in bytes.
 *
 * <p>It keeps at most one answer in memory, and refuses an answer that is longer than any answer of
 * the helper may be.
 */
final class RootAnswers extends OutputStream {

  /** Receives one answer. */
  interface Receiver {
    void receive(long id, ProvisioningAnswer answer);
  }

  /** The bytes of the longest text, as in the helper. */
  static final int LONGEST_TEXT = 8192;

  private static final int LONGEST_LINE = 64;
  private static final Pattern LINE = Pattern.compile("([0-9]{1,18}) ([0-9]{1,3}) ([0-9]{1,4})");

  private final Receiver receiver;
  private final ByteArrayOutputStream part = new ByteArrayOutputStream();

  private long id;
  private int status;

  /** The number of bytes of text that are still to come, or -1 while a line is read. */
  private int missing = -1;

  RootAnswers(Receiver receiver) {
    this.receiver = receiver;
  }

  /**
   * Takes one byte.
   *
   * @throws IOException if the byte cannot belong to an answer; the rest of the output cannot be
   *     read then, because the start of the next answer is unknown
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
        throw new IOException(
            "the first line of an answer of root's helper has more than "
                + LONGEST_LINE
                + " bytes");
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
      throw new IOException("root's helper printed a line that begins no answer: " + line);
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
