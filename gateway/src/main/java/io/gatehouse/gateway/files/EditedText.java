package io.gatehouse.gateway.files;

import io.gatehouse.gateway.files.text.SeenText;
import io.gatehouse.gateway.files.text.Splice;
import io.gatehouse.gateway.files.text.TextDecoding;
import io.gatehouse.gateway.session.FileException;
import io.gatehouse.gateway.session.FileException.Reason;
import io.gatehouse.gateway.session.Lease;
import java.io.ByteArrayOutputStream;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * A text that is edited as clients see it, with {@code \n} at the ends of lines. It is written back
 * in the form that it had: its encoding, its byte order mark, its line ends, and the bytes that
 * could not be decoded.
 */
public final class EditedText {

  /**
   * Bytes of memory for each byte of a text, in addition to those that {@link SeenText} counts.
   * They are for the bytes that were read, the text with up to two bytes for each character, the
   * text with other line ends, the edited text, its builder, and the bytes to write, which exist
   * twice: in a buffer and in an array.
   */
  static final long WEIGHT = 12;

  private static final String CRLF = "\r\n";

  private final SeenText text;
  private final TextDecoding decoding;
  private final boolean crlf;

  /**
   * The most characters that all replacements of one request may examine. Each replacement examines
   * the whole text. This many characters take a few seconds of processor time.
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
   * @param held counts the memory of the bytes that could not be decoded
   * @throws FileException INVALID if the bytes could not be written back as they were
   */
  static EditedText of(byte[] content, TextDecoding decoding, Lease held) {
    SeenText stored = SeenText.decode(content, decoding.charset(), held);
    requireSame(stored, content, decoding);
    String seen = stored.text().replace(CRLF, "\n");
    // The line ends can be put back only if every line ends with CRLF.
    boolean crlf =
        seen.length() < stored.text().length() && seen.replace("\n", CRLF).equals(stored.text());
    return new EditedText(crlf ? stored.withText(seen) : stored, decoding, crlf);
  }

  /**
   * Refuses bytes that would be written back differently. Some encodings have two codes for one
   * character, and only one of them would be written.
   */
  private static void requireSame(SeenText stored, byte[] content, TextDecoding decoding) {
    try {
      if (decoding.charset().equals(StandardCharsets.UTF_8)
          // Java can read ISO-2022-CN, but it cannot write it.
          || (decoding.charset().canEncode()
              && Arrays.equals(stored.encode(decoding.charset()), content))) {
        return;
      }
    } catch (CharacterCodingException oneWay) {
      // The decoder made a character that the encoder does not know, so the file is refused below.
    }
    throw new FileException(
        Reason.INVALID,
        "The file seems to be encoded in "
            + decoding.charset()
            + ", but some of its bytes would change when it is saved; convert it to UTF-8 first");
  }

  /**
   * The bytes of the text with all replacements made.
   *
   * @param held counts the memory by which the text grows
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

  /**
   * The bytes of the text with some parts replaced.
   *
   * @param edit finds the parts in the text
   * @param held counts the memory by which the text grows
   */
  public byte[] spliced(Function<String, List<Splice>> edit, Lease held) {
    List<Splice> splices = edit.apply(text.text());
    held.take(WEIGHT * splices.stream().mapToLong(splice -> splice.replacement().length()).sum());
    SeenText edited = text.splice(splices);
    return encoded(crlf ? edited.withText(edited.text().replace("\n", CRLF)) : edited);
  }

  /**
   * Refuses replacements that would take too long. It is called before each replacement, because a
   * replacement can make the text longer.
   */
  private static void requireLittleWork(int replacements, SeenText edited) {
    int length = Math.max(1, edited.text().length());
    if ((long) replacements * length > MOST_WORK) {
      throw new FileException(
          Reason.TOO_LARGE,
          "These replacements would take too long in a file of this size; send at most "
              + MOST_WORK / length
              + " replacements in one request");
    }
  }

  /** Whether the text shows U+FFFD for some bytes of the file. */
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
          "The file is encoded in "
              + decoding.charset()
              + ", which lacks a character of the new text; convert the file to UTF-8 first",
          unknown);
    }
    return bytes.toByteArray();
  }
}
