package io.gatehouse.documents;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.tika.parser.txt.CharsetDetector;
import org.apache.tika.parser.txt.CharsetMatch;

/** Reads the text of a part of a mail in the charset that the mail declares. */
final class MailCharset {

  private static final Charset WESTERN = Charset.forName("windows-1252");

  /**
   * The charsets that mails declare, and the charsets in which these mails are written. As in the
   * Encoding Standard of the WHATWG, the second charset is larger and contains the declared
   * charset.
   */
  private static final Map<String, String> WRITTEN_IN =
      Map.ofEntries(
          Map.entry("iso-8859-1", "windows-1252"),
          Map.entry("latin1", "windows-1252"),
          Map.entry("iso-8859-9", "windows-1254"),
          Map.entry("iso-8859-8-i", "ISO-8859-8"),
          Map.entry("iso-8859-8-e", "ISO-8859-8"),
          Map.entry("tis-620", "x-windows-874"),
          Map.entry("iso-8859-11", "x-windows-874"),
          Map.entry("windows-874", "x-windows-874"),
          Map.entry("gb2312", "GB18030"),
          Map.entry("gbk", "GB18030"),
          Map.entry("x-gbk", "GB18030"),
          Map.entry("shift_jis", "windows-31j"),
          Map.entry("shift-jis", "windows-31j"),
          Map.entry("x-sjis", "windows-31j"),
          Map.entry("iso-2022-jp", "x-windows-iso2022jp"),
          Map.entry("euc-kr", "x-windows-949"),
          Map.entry("ks_c_5601-1987", "x-windows-949"),
          Map.entry("ks_c_5601", "x-windows-949"),
          Map.entry("big5", "Big5-HKSCS"),
          Map.entry("macintosh", "x-MacRoman"),
          Map.entry("x-mac-roman", "x-MacRoman"));

  private static final Pattern UTF_7 = Pattern.compile("\\+([A-Za-z0-9+/]*)-?");

  private MailCharset() {}

  /**
   * Decodes a text in the declared charset. If none is declared, or Java does not know it, the
   * charset is guessed from the bytes.
   */
  static String decode(byte[] bytes, String declared) {
    String name = declared.strip().toLowerCase(Locale.ROOT);
    if (name.equals("utf-7") || name.equals("unicode-1-1-utf-7")) {
      return utf7(bytes);
    }
    return new String(bytes, known(name).orElseGet(() -> guessed(bytes)));
  }

  /**
   * Whether the declaration can be relied on. Programs also declare ASCII when they do not know the
   * charset.
   */
  static boolean isDeclared(String declared) {
    return known(declared.strip().toLowerCase(Locale.ROOT)).isPresent();
  }

  private static Optional<Charset> known(String name) {
    String charset = WRITTEN_IN.getOrDefault(name, name);
    try {
      return Optional.of(Charset.forName(charset))
          .filter(found -> !found.equals(StandardCharsets.US_ASCII));
    } catch (IllegalArgumentException unknown) {
      return Optional.empty();
    }
  }

  private static Charset guessed(byte[] bytes) {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      return StandardCharsets.UTF_8;
    } catch (CharacterCodingException other) {
      CharsetMatch match = new CharsetDetector().setText(bytes).detect();
      return match == null || match.getName().startsWith("UTF-")
          ? WESTERN
          : known(match.getName().toLowerCase(Locale.ROOT)).orElse(WESTERN);
    }
  }

  /** Decodes UTF-7 (RFC 2152), which Java does not know. Some old mails are written in it. */
  private static String utf7(byte[] bytes) {
    return UTF_7
        .matcher(new String(bytes, StandardCharsets.US_ASCII))
        .replaceAll(
            run -> {
              String base64 = run.group(1);
              // The bits left over at the end do not fill a byte and mean nothing.
              String whole = base64.length() % 4 == 1 ? base64 + "A" : base64;
              String text =
                  base64.isEmpty()
                      ? "+"
                      : new String(Base64.getDecoder().decode(whole), StandardCharsets.UTF_16BE);
              return java.util.regex.Matcher.quoteReplacement(text);
            });
  }
}
