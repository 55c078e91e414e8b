package io.gatehouse.gateway.http.transfer;

import io.gatehouse.gateway.http.exchange.RefusedException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The parameters of a part's {@code Content-Disposition} in {@code multipart/form-data}, as
 * browsers and curl write them.
 *
 * <p>Browsers send a name as it is, in quotes, and write only {@code "}, CR and LF as {@code %22},
 * {@code %0D} and {@code %0A} (WHATWG, HTML, "multipart/form-data encoding algorithm"; curl since
 * 7.81 too). Older clients write {@code \"} and {@code \\} (RFC 9110, section 5.6.4). A backslash
 * before any other character stands for itself, and so does a backslash before the last quote,
 * which browsers send for a name that ends in a backslash.
 */
final class FormDisposition {

  private static final String NAME = "filename";
  private static final String EXTENDED_NAME = "filename*";

  private final Map<String, String> parameters = new HashMap<>();
  private final String text;
  private int at;

  private FormDisposition(String text) {
    this.text = text;
  }

  /**
   * @param value the header's value, decoded
   */
  static FormDisposition parse(String value) {
    FormDisposition parsed = new FormDisposition(value);
    // The first word, form-data, is skipped.
    parsed.at = parsed.endOfWord(0, ';');
    while (parsed.at < value.length()) {
      parsed.parameter();
    }
    return parsed;
  }

  private int endOfWord(int begin, char end) {
    int found = text.indexOf(end, begin);
    return found < 0 ? text.length() : found;
  }

  private void parameter() {
    int begin = at + 1;
    int equals = endOfWord(begin, '=');
    int semicolon = endOfWord(begin, ';');
    if (equals >= semicolon) {
      at = semicolon;
      return;
    }
    String name = text.substring(begin, equals).strip().toLowerCase(Locale.ROOT);
    at = equals + 1;
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
    String value = at < text.length() && text.charAt(at) == '"' ? quoted() : word();
    parameters.putIfAbsent(name, value);
  }

  private String word() {
    int begin = at;
    at = endOfWord(begin, ';');
    return text.substring(begin, at).strip();
  }

  private String quoted() {
    StringBuilder value = new StringBuilder();
    for (at++; at < text.length() && text.charAt(at) != '"'; at++) {
      if (isPair()) {
        at++;
      }
      value.append(text.charAt(at));
    }
    at = endOfWord(at, ';');
    return value.toString();
  }

  private boolean isPair() {
    if (text.charAt(at) != '\\' || at + 1 == text.length()) {
      return false;
    }
    char next = text.charAt(at + 1);
    return next == '\\' || (next == '"' && text.indexOf('"', at + 2) >= 0);
  }

  /** Whether the part is a file in a field of this name. */
  boolean isFile(String field) {
    return unescaped(parameters.getOrDefault("name", "")).equals(field)
        && (parameters.containsKey(NAME) || parameters.containsKey(EXTENDED_NAME));
  }

  /**
   * The file's name.
   *
   * @throws RefusedException 400 if {@code filename*} is not of RFC 5987
   */
  String fileName() {
    return parameters.containsKey(EXTENDED_NAME)
        ? extended(parameters.getOrDefault(EXTENDED_NAME, ""))
        : unescaped(parameters.getOrDefault(NAME, ""));
  }

  private static String unescaped(String value) {
    return value.replace("%22", "\"").replace("%0D", "\r").replace("%0A", "\n");
  }

  /** Decodes {@code charset'language'percent-encoded} (RFC 5987, section 3.2). */
  private static String extended(String value) {
    String[] parts = value.split("'", 3);
    Optional<Charset> charset = parts.length == 3 ? charset(parts[0]) : Optional.empty();
    try {
      return charset
          .orElseThrow(FormDisposition::malformed)
          .newDecoder()
          .decode(ByteBuffer.wrap(percentDecoded(parts[2])))
          .toString();
    } catch (CharacterCodingException failure) {
      throw malformed();
    }
  }

  /** The charset of this name, if it is one of the two that RFC 5987 names. */
  private static Optional<Charset> charset(String name) {
    return switch (name.toUpperCase(Locale.ROOT)) {
      case "UTF-8" -> Optional.of(StandardCharsets.UTF_8);
      case "ISO-8859-1" -> Optional.of(StandardCharsets.ISO_8859_1);
      default -> Optional.empty();
    };
  }

  private static byte[] percentDecoded(String value) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = 0; i < value.length(); i++) {
      char character = value.charAt(i);
      if (character == '%' && i + 2 < value.length()) {
        bytes.write(hex(value.charAt(i + 1)) * 16 + hex(value.charAt(i + 2)));
        i += 2;
      } else if (character == '%' || character > '~') {
        throw malformed();
      } else {
        bytes.write(character);
      }
    }
    return bytes.toByteArray();
  }

  private static int hex(char digit) {
    int value = Character.digit(digit, 16);
    if (value < 0) {
      throw malformed();
    }
    return value;
  }

  private static RefusedException malformed() {
    return new RefusedException(
        400,
        "filename* must be UTF-8'' or ISO-8859-1'' and then the name, percent-encoded (RFC 5987)");
  }
}
