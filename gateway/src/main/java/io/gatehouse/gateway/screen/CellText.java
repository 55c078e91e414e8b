package io.gatehouse.gateway.screen;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jline.utils.ScreenTerminal;
import org.jline.utils.WCWidth;

/**
 * Encodes every visible character, together with its accents, as one code point, because a cell of
 * the emulator holds only one.
 *
 * <p>A character that needs several code points is stored as one code point from a plane for
 * private use, by which it is found again. A character of that plane itself is stored in the same
 * way.
 */
final class CellText {

  /**
   * Fills the second cell of a wide character with accents, because the emulator takes its code
   * point for a narrow character.
   */
  static final int FILLER = 0x10fffd;

  /**
   * Marks a cell that a tab has skipped. It occurs only in the rows of {@link #codePoints}, never
   * in the emulator.
   */
  static final int SKIPPED = 0x10fffc;

  private static final int TAB_WIDTH = 8;

  /** The emulator's own content of the second cell of a wide character. */
  private static final int EMPTY = 0;

  private static final int FIRST = 0xf0000;

  /** The most different characters with accents in the kept output of one terminal. */
  private static final int MOST = 20_000;

  /**
   * The most UTF-16 units of one character with its accents. A longer character loses its accents.
   */
  private static final int LONGEST = 16;

  private final Map<String, Integer> numbers = new HashMap<>();
  private final List<String> texts = new ArrayList<>();

  /** The number of different characters that need several code points. */
  int size() {
    return texts.size();
  }

  /**
   * The code point for this character. The accents are lost if there are too many different
   * characters with accents.
   */
  int codePointOf(String character) {
    int first = character.codePointAt(0);
    if (first >= ' ' && first < FIRST && character.length() == Character.charCount(first)) {
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

  /**
   * The cells of a row as code points. A tab stands for the cells that it has skipped, unless
   * something was written there since.
   */
  int[] codePoints(long[] row, boolean exact) {
    int[] cells = new int[row.length];
    for (int x = 0; x < row.length; x++) {
      cells[x] = ScreenTerminal.cellCodePoint(row[x]);
    }
    for (int x = row.length - 1; exact && x >= 0 && cells[x] == ' '; x--) {
      if (ScreenTerminal.cellAttr(row[x]) != 0) {
        break;
      }
      cells[x] = SKIPPED;
    }
    for (int x = 0; x < row.length; x++) {
      if (isNumber(cells[x])) {
        String text = texts.get(cells[x] - FIRST);
        if (text.endsWith("\t")) {
          cells[x] = skip(row, cells, x, text);
        }
      }
    }
    return cells;
  }

  /**
   * Marks the cells that the tabs of a text have skipped, and returns the code point of the text.
   * If something was written in these cells, it returns the code point of the text without its
   * tabs.
   */
  private int skip(long[] row, int[] cells, int x, String text) {
    boolean isTab = text.startsWith("\t");
    String before = text.substring(0, text.indexOf('\t'));
    int tabs = text.length() - before.length();
    int from = isTab ? x : x + 1;
    if (from < cells.length && (cells[from] == FILLER || cells[from] == EMPTY)) {
      from++;
    }
    int to = from;
    for (int i = 0; i < tabs; i++) {
      to = Math.min((to / TAB_WIDTH + 1) * TAB_WIDTH, cells.length - 1);
    }
    for (int skipped = Math.max(from, x + 1); skipped < to; skipped++) {
      if ((cells[skipped] != ' ' && cells[skipped] != SKIPPED)
          || ScreenTerminal.cellAttr(row[skipped]) != 0) {
        return isTab ? ' ' : codePointOf(before);
      }
    }
    Arrays.fill(cells, Math.max(from, x + 1), Math.max(to, Math.max(from, x + 1)), SKIPPED);
    return cells[x];
  }

  /**
   * The text of a row of cells.
   *
   * @param trimmed whether blanks at the end are left out
   */
  String textOf(int[] cells, int count, boolean trimmed) {
    StringBuilder text = new StringBuilder(count);
    for (int i = 0; i < count; i++) {
      int cell = cells[i];
      if (cell == SKIPPED) {
        continue;
      }
      if (cell != FILLER && cell != EMPTY) {
        append(text, cell);
      } else if (i == 0 || !isWide(cells[i - 1])) {
        // This cell is the second half of a character whose first half was overwritten.
        text.append(' ');
      }
    }
    int end = text.length();
    while (trimmed && end > 0 && text.charAt(end - 1) == ' ') {
      end--;
    }
    return text.substring(0, end);
  }

  private boolean isWide(int cell) {
    return cell >= 0x1100 && cell != FILLER && cell != SKIPPED && WCWidth.wcwidth(first(cell)) == 2;
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
