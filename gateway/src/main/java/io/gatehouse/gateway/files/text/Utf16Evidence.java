package io.gatehouse.gateway.files.text;

import java.lang.Character.UnicodeScript;
import java.util.EnumMap;
import java.util.Map;

/**
 * Tells a text from bytes that are something else and happen to be characters of UTF-16.
 *
 * <p>Two thirds of all pairs of bytes are a character, most of them Chinese or Korean, so a few
 * bytes with a NUL among them often are. Two things give them away: a text is of one script beside
 * ASCII, and words of ASCII that are read two letters at a time are all made of bytes of ASCII,
 * which in Chinese a fifth of the characters is. At least a line break or a space is of ASCII in a
 * text whose NULs have been seen.
 */
final class Utf16Evidence {

  private static final int FIRST_PRINTABLE = ' ';
  private static final int LAST_PRINTABLE = '~';

  /** So many of ten letters beyond ASCII are of one script in a text. */
  private static final int OF_ONE_SCRIPT = 9;

  /** So many of ten characters beyond ASCII are at most made of bytes of ASCII in a text. */
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

  /** Also NUL, which stands between names. */
  private static boolean isAscii(int value) {
    return value == 0
        || value == '\n'
        || value == '\t'
        || value == '\r'
        || (value >= FIRST_PRINTABLE && value <= LAST_PRINTABLE);
  }

  /** Japanese is written in three scripts at once. */
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
