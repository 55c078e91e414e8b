package io.gatehouse.gateway.files.text;

import java.lang.Character.UnicodeScript;
import java.util.EnumMap;
import java.util.Map;

/**
 * Distinguishes a text from other bytes that happen to be valid UTF-16.
 *
 * <p>Two thirds of all pairs of bytes are a character of UTF-16, most of them Chinese or Korean. So
 * a few bytes that are no text are often valid UTF-16. Three tests find most of them:
 *
 * <ul>
 *   <li>Besides ASCII, a text is in one script, while random pairs are from several.
 *   <li>ASCII words that are read two letters at a time become characters of which both bytes are
 *       ASCII. Of the characters of Chinese text, only a fifth consist of two ASCII bytes.
 *   <li>A text is examined here only if it has NUL bytes. In UTF-16 they come from ASCII
 *       characters, such as a line break or a space, so the text has at least one of these.
 * </ul>
 */
final class Utf16Evidence {

  private static final int FIRST_PRINTABLE = ' ';
  private static final int LAST_PRINTABLE = '~';

  /** In a text, at least this many of ten letters beyond ASCII are of one script. */
  private static final int OF_ONE_SCRIPT = 9;

  /** In a text, at most this many of ten characters beyond ASCII consist of ASCII bytes. */
  private static final int MADE_OF_ASCII = 7;

  private int ascii;
  private int wide;
  private int madeOfAscii;
  private int letters;
  private final Map<UnicodeScript, Integer> scripts = new EnumMap<>(UnicodeScript.class);

  private Utf16Evidence() {}

  /** Whether these characters, which were read as UTF-16, are a text. */
  static boolean isOneText(CharSequence characters) {
    Utf16Evidence evidence = new Utf16Evidence();
    characters.codePoints().forEach(evidence::take);
    return evidence.ascii > 0
        && !evidence.isAsciiInPairs()
        && (evidence.isMostlyAscii() || evidence.isOfOneScript());
  }

  private void take(int point) {
    if (point <= LAST_PRINTABLE) {
      ascii++;
      return;
    }
    wide++;
    if (Character.isBmpCodePoint(point) && isAscii(point >> 8) && isAscii(point & 0xFF)) {
      madeOfAscii++;
    }
    if (Character.isLetter(point)) {
      letters++;
      scripts.merge(script(point), 1, Integer::sum);
    }
  }

  /** Whether this is a character of ASCII text, or NUL, which separates names. */
  private static boolean isAscii(int value) {
    return value == 0
        || value == '\n'
        || value == '\t'
        || value == '\r'
        || (value >= FIRST_PRINTABLE && value <= LAST_PRINTABLE);
  }

  /** The script of a character. Japanese is written in three scripts, which count as one. */
  private static UnicodeScript script(int point) {
    UnicodeScript script = UnicodeScript.of(point);
    return switch (script) {
      case HIRAGANA, KATAKANA, BOPOMOFO -> UnicodeScript.HAN;
      default -> script;
    };
  }

  private boolean isAsciiInPairs() {
    return madeOfAscii * 10 > wide * MADE_OF_ASCII;
  }

  private boolean isMostlyAscii() {
    return ascii >= wide;
  }

  private boolean isOfOneScript() {
    int most = scripts.values().stream().mapToInt(Integer::intValue).max().orElse(0);
    return letters > 0 && most * 10 >= letters * OF_ONE_SCRIPT;
  }
}
