package io.gatehouse.gateway.session;

/** Quotes text so that bash reads it as one word, unchanged. */
public final class ShellWord {

  private ShellWord() {}

  /**
   * The quoted word for any text without NUL. A character by which {@link FileNames} wrote a raw
   * byte becomes that byte again.
   */
  public static String quote(String word) {
    return word.chars().anyMatch(FileNames::isRaw)
        ? quoteRaw(word)
        : "'" + word.replace("'", "'\\''") + "'";
  }

  /** Quotes in Bash's ANSI-C form, which can spell bytes that are no characters. */
  private static String quoteRaw(String word) {
    StringBuilder quoted = new StringBuilder("$'");
    for (byte value : FileNames.encode(word)) {
      boolean plain = value > ' ' && value != '\'' && value != '\\' && value < 0x7F;
      quoted.append(plain ? String.valueOf((char) value) : "\\x%02x".formatted(value & 0xFF));
    }
    return quoted.append('\'').toString();
  }
}
