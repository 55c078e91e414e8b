package io.gatehouse.gateway.files;

import io.gatehouse.gateway.files.text.SeenText;
import io.gatehouse.gateway.files.text.TextDecoding;
import io.gatehouse.gateway.session.FileException;
import io.gatehouse.gateway.session.FileException.Reason;
import io.gatehouse.gateway.session.Lease;
import java.io.ByteArrayOutputStream;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * A text that is edited as clients see it, with {@code \n} at the ends of lines, and written back
 * as it was: in its encoding, with its byte order mark, its line ends, and the bytes that are no
 * text in this encoding.
 */
final class EditedText {

  /**
   * Bytes of memory for each byte of a text, beside what {@link SeenText} counts: the bytes that
   * were read, the text with up to two for each character, the text with other ends of lines, the
   * edited text, its builder, and the bytes to write, in a buffer and by themselves.
   */
  static final long WEIGHT = 12;

  private static final String CRLF = "\r\n";

  private final SeenText text;
  private final TextDecoding decoding;
  private final boolean crlf;

  /**
   * Characters that the replacements of one request may look at, each of them at the whole text.
   * They take some seconds of a processor.
   */
  static final long MOST_WORK = 2_000_000_000;

  private EditedText(SeenText text, TextDecoding decoding, boolean crlf) {
    this.text = text;
    this.decoding = decoding;
    this.crlf = crlf;
  }

  /**
   * The text in the bytes of a file.
   *
   * @param content the bytes after the byte order mark
   * @param held what replaced characters take is held on
   * @throws FileException INVALID if the bytes could not be written back as they were
   */
  static EditedText of(byte[] content, TextDecoding decoding, Lease held) {
    SeenText stored = SeenText.decode(content, decoding.charset(), held);
    requireSame(stored, content, decoding);
    String seen = stored.text().replace(CRLF, "\n");
    // Only where every line ends so can the ends be put back.
    boolean crlf =
        seen.length() < stored.text().length() && seen.replace("\n", CRLF).equals(stored.text());
    return new EditedText(crlf ? stored.withText(seen) : stored, decoding, crlf);
  }

  /** Some encodings have two codes for one character, and only one of them would be written. */
  private static void requireSame(SeenText stored, byte[] content, TextDecoding decoding) {
    try {
      if (decoding.charset().equals(StandardCharsets.UTF_8)
          // Java reads ISO-2022-CN and does not write it.
          || (decoding.charset().canEncode()
              && Arrays.equals(stored.encode(decoding.charset()), content))) {
        return;
      }
    } catch (CharacterCodingException oneWay) {
      // The decoder made a character that the encoder does not know.
    }
    throw new FileException(
        Reason.INVALID,
        "The file looks like "
            + decoding.charset()
            + ", but not all of it could be written back as it is; save it as UTF-8 first");
  }

  /**
   * The bytes of the text with all replacements made.
   *
   * @param held what the text grows by is held on
   */
  byte[] with(List<Replacement> replacements, Lease held) {
    SeenText edited = text;
    int left = replacements.size();
    for (Replacement each : replacements) {
      requireLittleWork(left, edited);
      edited = each.applyTo(edited, held);
      left--;
    }
    return encoded(crlf ? edited.withText(edited.text().replace("\n", CRLF)) : edited);
  }

  /** Asked before each, because a replacement can make the text longer. */
  private static void requireLittleWork(int replacements, SeenText edited) {
    int length = Math.max(1, edited.text().length());
    if ((long) replacements * length > MOST_WORK) {
      throw new FileException(
          Reason.TOO_LARGE,
          "So many replacements in so long a file take too long; send at most "
              + MOST_WORK / length
              + " of them at once for this file");
    }
  }

  /** Whether some of what is seen of the file is U+FFFD. */
  boolean hasUnreadable() {
    return !text.replaced().isEmpty();
  }

  /**
   * The bytes of a new text for the whole file, in which each U+FFFD of the old text still stands
   * for the same bytes.
   */
  byte[] withAll(String content) {
    return encoded(text.replaceWhole(content));
  }

  private byte[] encoded(SeenText edited) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    decoding.mark().forEach(bytes::write);
    try {
      bytes.writeBytes(edited.encode(decoding.charset()));
    } catch (CharacterCodingException unknown) {
      throw new FileException(
          Reason.INVALID,
          "The file is in " + decoding.charset() + ", which lacks a character of the new text",
          unknown);
    }
    return bytes.toByteArray();
  }
}
