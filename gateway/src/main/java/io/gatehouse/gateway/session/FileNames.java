package io.gatehouse.gateway.session;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Writes file names as text and back.
 *
 * <p>Linux takes any bytes as a name. Bytes that are UTF-8 become the characters they encode. Any
 * other byte becomes a character of the private use area, U+EF80 to U+EFFF, as in MirBSD's OPTU.
 * Such a character survives JSON, URLs and browsers, unlike half a surrogate pair, which Python
 * uses. If a name contains one of these characters itself, its bytes are written one by one in the
 * same way, so two names never become the same text.
 */
public final class FileNames {

  private static final char RAW = '\uEF00';
  private static final char FIRST_RAW = '\uEF80';
  private static final char LAST_RAW = '\uEFFF';

  /** The most bytes that one character has in UTF-8. */
  private static final int LONGEST_CHARACTER = 4;

  private FileNames() {}

  /** The text for a name or path in the file system's bytes. */
  public static String decode(byte[] name) {
    Optional<String> text = utf8(name, 0, name.length);
    return text.filter(characters -> characters.chars().noneMatch(FileNames::isRaw))
        .orElseGet(() -> byteByByte(name));
  }

  private static String byteByByte(byte[] name) {
    StringBuilder text = new StringBuilder();
    for (int start = 0; start < name.length; ) {
      Optional<String> character = character(name, start);
      if (character.isPresent()) {
        text.append(character.get());
        start += character.get().getBytes(StandardCharsets.UTF_8).length;
      } else {
        text.append((char) (RAW + (name[start] & 0xFF)));
        start++;
      }
    }
    return text.toString();
  }

  /**
   * The character that begins at this byte, if the bytes are UTF-8 and the character stands for
   * itself.
   */
  private static Optional<String> character(byte[] name, int start) {
    return IntStream.rangeClosed(1, Math.min(LONGEST_CHARACTER, name.length - start))
        .mapToObj(length -> utf8(name, start, length))
        .flatMap(Optional::stream)
        .findFirst()
        .filter(character -> !isRaw(character.charAt(0)));
  }

  private static Optional<String> utf8(byte[] bytes, int start, int length) {
    try {
      return Optional.of(
          StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(bytes, start, length))
              .toString());
    } catch (CharacterCodingException other) {
      return Optional.empty();
    }
  }

  /** The file system's bytes of a text that {@link #decode} made, or that a user wrote. */
  public static byte[] encode(String text) {
    if (text.chars().noneMatch(FileNames::isRaw)) {
      return text.getBytes(StandardCharsets.UTF_8);
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
    text.codePoints()
        .forEach(
            point -> {
              if (isRaw(point)) {
                bytes.write(point - RAW);
              } else {
                bytes.writeBytes(Character.toString(point).getBytes(StandardCharsets.UTF_8));
              }
            });
    return bytes.toByteArray();
  }

  /** Whether the character stands for one byte. */
  public static boolean isRaw(int character) {
    return character >= FIRST_RAW && character <= LAST_RAW;
  }
}
