package io.gatehouse.gateway.screen;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jline.utils.WCWidth;

/**
 * Puts every character as people see it, with its accents, into one code point, which is all that a
 * cell of the emulator holds.
 *
 * <p>What needs several gets one of a plane for private use, and is found again by it. So do
 * characters of that plane itself.
 */
final class CellText {

  /** The second cell of a wide character with accents, which the emulator takes for narrow. */
  static final int FILLER = 0x10fffd;

  /** What the emulator itself has in the second cell of a wide character. */
  private static final int EMPTY = 0;

  private static final int FIRST = 0xf0000;

  /** Different characters with accents in what is kept of a terminal's output. */
  private static final int MOST = 20_000;

  /** Accents of one character; more are somebody's joke. */
  private static final int LONGEST = 16;

  private final Map<String, Integer> numbers = new HashMap<>();
  private final List<String> texts = new ArrayList<>();

  /** The code point for this character; without its accents if there are too many different. */
  int codePointOf(String character) {
    int first = character.codePointAt(0);
    if (first < FIRST && character.length() == Character.charCount(first)) {
      return first;
    }
    Integer known = numbers.get(character);
    if (known != null) {
      return FIRST + known;
    }
    if (texts.size() == MOST || character.length() > LONGEST) {
      return first < FIRST ? first : 0xfffd;
    }
    numbers.put(character, texts.size());
    texts.add(character);
    return FIRST + texts.size() - 1;
  }

  /** The text of a row of cells, without blanks at its end. */
  String textOf(int[] cells, int count) {
    StringBuilder text = new StringBuilder(count);
    for (int i = 0; i < count; i++) {
      int cell = cells[i];
      if (cell != FILLER && cell != EMPTY) {
        append(text, cell);
      } else if (i == 0 || !isWide(cells[i - 1])) {
        // The second half of a character whose first half was overwritten.
        text.append(' ');
      }
    }
    int end = text.length();
    while (end > 0 && text.charAt(end - 1) == ' ') {
      end--;
    }
    return text.substring(0, end);
  }

  private boolean isWide(int cell) {
    return cell >= 0x1100 && cell != FILLER && WCWidth.wcwidth(first(cell)) == 2;
  }

  private int first(int cell) {
    return isNumber(cell) ? texts.get(cell - FIRST).codePointAt(0) : cell;
  }

  private boolean isNumber(int cell) {
    return cell >= FIRST && cell - FIRST < texts.size();
  }

  private void append(StringBuilder text, int cell) {
    if (isNumber(cell)) {
      text.append(texts.get(cell - FIRST));
    } else {
      text.appendCodePoint(cell);
    }
  }
}
