package io.gatehouse.gateway.files.text;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.tika.parser.txt.CharsetDetector;
import org.apache.tika.parser.txt.CharsetMatch;

/**
 * The way to decode the bytes of a text file.
 *
 * @param charset its encoding
 * @param mark the byte order mark at its beginning, which is not part of the text
 */
public record TextDecoding(Charset charset, List<Byte> mark) {

  /** The encodings with a byte order mark, those with longer marks first. */
  private static final List<TextDecoding> MARKED =
      List.of(
          marked("UTF-32LE", 0xFF, 0xFE, 0x00, 0x00),
          marked("UTF-32BE", 0x00, 0x00, 0xFE, 0xFF),
          marked("UTF-8", 0xEF, 0xBB, 0xBF),
          marked("UTF-16LE", 0xFF, 0xFE),
          marked("UTF-16BE", 0xFE, 0xFF));

  public static final TextDecoding UTF_8 = new TextDecoding(StandardCharsets.UTF_8, List.of());

  /** The number of bytes that are examined to find the encoding. */
  public static final int SAMPLE = 64 * 1024;

  private static final int FIRST_PRINTABLE = ' ';

  /**
   * The byte order mark. It stands only at the beginning of a text, where {@link #byMark} has
   * looked for it already.
   */
  private static final int BYTE_ORDER_MARK = 0xFEFF;

  /** The control characters that occur in text: those for layout and for terminals. */
  private static final String LAYOUT = "\t\n\u000b\f\r\u001b";

  private static final Charset WESTERN = Charset.forName("windows-1252");

  /**
   * Encodings that are part of {@link #WESTERN}. Where the detector names one of them, {@link
   * #WESTERN} is used, which also reads texts with a few more characters.
   */
  private static final Set<String> WITHIN_WESTERN = Set.of("US-ASCII", "ISO-8859-1");

  private static TextDecoding marked(String charset, Integer... mark) {
    return new TextDecoding(
        Charset.forName(charset), Arrays.stream(mark).map(Integer::byteValue).toList());
  }

  /** The decoding that belongs to the byte order mark; empty if there is no mark. */
  public static Optional<TextDecoding> byMark(byte[] head) {
    return MARKED.stream().filter(candidate -> candidate.begins(head)).findFirst();
  }

  private boolean begins(byte[] head) {
    if (head.length < mark.size()) {
      return false;
    }
    for (int i = 0; i < mark.size(); i++) {
      if (head[i] != mark.get(i)) {
        return false;
      }
    }
    return true;
  }

  /** The decoding of a whole file; empty if it does not look like text. */
  public static Optional<TextDecoding> of(byte[] file) {
    return byMark(file).or(() -> utf16(file)).or(() -> unmarked(file));
  }

  private static Optional<TextDecoding> unmarked(byte[] file) {
    Utf8Evidence evidence = new Utf8Evidence();
    evidence.take(file, file.length);
    evidence.end();
    return unmarked(file, evidence, window(file, evidence.firstStray()));
  }

  /**
   * The decoding of a file without a mark; empty if it does not look like text.
   *
   * @param head the beginning of the file
   * @param evidence the evidence for and against UTF-8 in the file
   * @param sample the bytes around the first ones that are not UTF-8
   */
  public static Optional<TextDecoding> unmarked(byte[] head, Utf8Evidence evidence, byte[] sample) {
    if (!evidence.hasStrays()) {
      return Optional.of(UTF_8);
    }
    if (evidence.isUtf8()) {
      // Binary programs contain texts as well, but a text has no NUL characters.
      return contains(head, (byte) 0) || contains(sample, (byte) 0)
          ? Optional.empty()
          : Optional.of(UTF_8);
    }
    return looksLikeText(head) && looksLikeText(sample) ? guessed(sample) : Optional.empty();
  }

  /**
   * The part of the bytes that shows their encoding. It begins at the line of the first stray byte,
   * which is not UTF-8, so that it has neither a long beginning in ASCII nor half a character.
   */
  public static byte[] window(byte[] bytes, long firstStray) {
    int start = (int) Math.min(Math.max(firstStray, 0), bytes.length);
    int earliest = Math.max(0, start - SAMPLE / 2);
    while (start > earliest && bytes[start - 1] != '\n') {
      start--;
    }
    return Arrays.copyOfRange(bytes, start, Math.min(bytes.length, start + SAMPLE));
  }

  private static boolean contains(byte[] bytes, byte wanted) {
    for (byte value : bytes) {
      if (value == wanted) {
        return true;
      }
    }
    return false;
  }

  /**
   * Recognises UTF-16 without a mark by its NUL bytes, which are one half of each ASCII character.
   * All of the file must then be text, and of one script ({@link Utf16Evidence}), because programs
   * and lists of names ({@code find -print0}) have NUL bytes as well.
   */
  public static Optional<TextDecoding> utf16(byte[] head) {
    int even = 0;
    int odd = 0;
    for (int i = 0; i < head.length; i++) {
      if (head[i] == 0) {
        even += 1 - i % 2;
        odd += i % 2;
      }
    }
    if (even + odd == 0) {
      return Optional.empty();
    }
    // U+4E00, a common Chinese character, has its NUL byte in the other half, so both orders are
    // tried.
    List<Charset> orders =
        even > odd
            ? List.of(StandardCharsets.UTF_16BE, StandardCharsets.UTF_16LE)
            : List.of(StandardCharsets.UTF_16LE, StandardCharsets.UTF_16BE);
    return orders.stream()
        .filter(charset -> isText(head, charset))
        .findFirst()
        .map(charset -> new TextDecoding(charset, List.of()));
  }

  private static boolean isText(byte[] head, Charset charset) {
    return decoded(head, charset)
        .filter(text -> text.codePoints().allMatch(TextDecoding::isOfText))
        .filter(Utf16Evidence::isOneText)
        .isPresent();
  }

  /**
   * The text of the bytes in this encoding; empty if some of them are not valid. The last character
   * may be incomplete.
   */
  private static Optional<CharBuffer> decoded(byte[] bytes, Charset charset) {
    CharBuffer text = CharBuffer.allocate(bytes.length);
    return charset.newDecoder().decode(ByteBuffer.wrap(bytes), text, false).isError()
        ? Optional.empty()
        : Optional.of(text.flip());
  }

  private static boolean isOfText(int point) {
    return point < FIRST_PRINTABLE
        ? LAYOUT.indexOf(point) >= 0
        : Character.isDefined(point)
            && Character.getType(point) != Character.PRIVATE_USE
            && point != BYTE_ORDER_MARK;
  }

  /** The most likely decoding of text that is not UTF-8. */
  private static Optional<TextDecoding> guessed(byte[] sample) {
    Charset charset =
        Arrays.stream(new CharsetDetector().setText(sample).detectAll())
            .map(CharsetMatch::getName)
            .filter(name -> !name.startsWith("UTF-") && Charset.isSupported(name))
            .map(Charset::forName)
            .findFirst()
            .orElse(WESTERN);
    return Optional.of(
        new TextDecoding(WITHIN_WESTERN.contains(charset.name()) ? WESTERN : charset, List.of()));
  }

  /** Whether the bytes have no control characters except those for layout and for terminals. */
  private static boolean looksLikeText(byte[] sample) {
    for (byte value : sample) {
      boolean control = value >= 0 && value < FIRST_PRINTABLE && LAYOUT.indexOf(value) < 0;
      if (control || value == 0x7F) {
        return false;
      }
    }
    return true;
  }

  /** A decoder that replaces bytes that it cannot decode by U+FFFD. */
  public CharsetDecoder lenient() {
    return charset
        .newDecoder()
        .onMalformedInput(CodingErrorAction.REPLACE)
        .onUnmappableCharacter(CodingErrorAction.REPLACE);
  }
}
