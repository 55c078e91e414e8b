package io.gatehouse.gateway.files;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.tika.parser.txt.CharsetDetector;
import org.apache.tika.parser.txt.CharsetMatch;

/**
 * How the bytes of a text file are to be read.
 *
 * @param charset its encoding
 * @param mark the byte order mark it begins with, which is no part of the text
 */
record TextDecoding(Charset charset, List<Byte> mark) {

  /** What a file begins with that says its encoding; the longer ones first. */
  private static final List<TextDecoding> MARKED =
      List.of(
          marked("UTF-32LE", 0xFF, 0xFE, 0x00, 0x00),
          marked("UTF-32BE", 0x00, 0x00, 0xFE, 0xFF),
          marked("UTF-8", 0xEF, 0xBB, 0xBF),
          marked("UTF-16LE", 0xFF, 0xFE),
          marked("UTF-16BE", 0xFE, 0xFF));

  static final TextDecoding UTF_8 = new TextDecoding(StandardCharsets.UTF_8, List.of());

  private static final Charset WESTERN = Charset.forName("windows-1252");

  /** What is a part of the above, and cannot be all there is to a text that is not UTF-8. */
  private static final Set<String> WITHIN_WESTERN = Set.of("US-ASCII", "UTF-8", "ISO-8859-1");

  private static TextDecoding marked(String charset, Integer... mark) {
    return new TextDecoding(
        Charset.forName(charset), Arrays.stream(mark).map(Integer::byteValue).toList());
  }

  /** The decoding that a byte order mark asks for. */
  static Optional<TextDecoding> byMark(byte[] head) {
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

  /**
   * The most likely decoding of text that is not UTF-8 and has no mark; nothing if it looks like no
   * text at all.
   */
  static Optional<TextDecoding> guessed(byte[] head) {
    if (!looksLikeText(head)) {
      return Optional.empty();
    }
    CharsetMatch match = new CharsetDetector().setText(head).detect();
    Charset charset =
        match != null && Charset.isSupported(match.getName())
            ? Charset.forName(match.getName())
            : WESTERN;
    return Optional.of(
        new TextDecoding(WITHIN_WESTERN.contains(charset.name()) ? WESTERN : charset, List.of()));
  }

  /** Text has no control characters but those of layout and of terminals. */
  private static boolean looksLikeText(byte[] head) {
    for (byte value : head) {
      boolean control = value >= 0 && value < ' ' && "\t\n\u000b\f\r\u001b".indexOf(value) < 0;
      if (control || value == 0x7F) {
        return false;
      }
    }
    return true;
  }

  /** Whether the bytes are UTF-8, the last of them perhaps the beginning of a character. */
  static boolean isUtf8(byte[] bytes, boolean complete) {
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CharBuffer out = CharBuffer.allocate(8 * 1024);
    while (true) {
      CoderResult result = decoder.decode(in, out, complete);
      if (result.isError()) {
        return false;
      }
      if (result.isUnderflow()) {
        return true;
      }
      out.clear();
    }
  }

  /** A decoder that replaces what it does not understand. */
  CharsetDecoder lenient() {
    return charset
        .newDecoder()
        .onMalformedInput(CodingErrorAction.REPLACE)
        .onUnmappableCharacter(CodingErrorAction.REPLACE);
  }
}
