package io.gatehouse.gateway.screen;

import io.gatehouse.gateway.session.WindowSize;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jline.terminal.Size;
import org.jline.utils.ScreenTerminal;
import org.jline.utils.WCWidth;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drives JLine's {@link ScreenTerminal}. It
 *
 * <ul>
 *   <li>passes on the rows that scroll off, where the emulator would keep all of them;
 *   <li>keeps accents, which the emulator drops ({@link CellText}), and sets its tab stops, which
 *       are one column off;
 *   <li>marks which rows were wrapped. The programs' colours are of no use here, so each stretch of
 *       text without vertical movement gets a colour of its own as its mark. The end of one row and
 *       the start of the next have the same mark only if the text ran over the margin.
 * </ul>
 */
final class Emulator {

  private static final Logger LOG = LoggerFactory.getLogger(Emulator.class);

  /**
   * The largest size of a screen. No person's screen is larger. A window may claim to be, but each
   * row costs memory.
   */
  private static final int MOST_COLUMNS = 800;

  private static final int MOST_ROWS = 250;

  /** The smallest size that the emulator takes. */
  private static final int LEAST = ScreenTerminal.MIN_SIZE;

  /**
   * The characters that the emulator gets at once. After each such step, the rows that scrolled off
   * are passed on.
   */
  private static final int STEP = 256;

  private static final int LARGEST_MARK = 0xffffff;

  private final CellText cellText;
  private final Consumer<long[]> scrolledOff;
  private final StringBuilder character = new StringBuilder();
  private final StringBuilder step = new StringBuilder();
  private final ScreenTerminal terminal;
  private String lastCells = "";
  private int mark = 1;
  private int pen;

  /** The tabs after the character that is not written yet. */
  private int tabs;

  /** Whether the cursor is at the start of a row in which nothing has been written. */
  private boolean atFreshLine = true;

  private boolean afterReturn;

  /**
   * @param scrolledOff gets each row that scrolls off
   */
  Emulator(WindowSize size, CellText cellText, Consumer<long[]> scrolledOff) {
    this.cellText = cellText;
    this.scrolledOff = scrolledOff;
    terminal = new ScreenTerminal(columns(size), rows(size));
    setTabStops();
  }

  private static int columns(WindowSize size) {
    return Math.clamp(size.columns(), LEAST, MOST_COLUMNS);
  }

  private static int rows(WindowSize size) {
    return Math.clamp(size.rows(), LEAST, MOST_ROWS);
  }

  /**
   * Sets tab stops at columns 9, 17 and so on. The cursor must be at the start of a row, and stays
   * there.
   */
  void setTabStops() {
    step.append("\u001b[3g");
    for (int column = 9; column <= terminal.getColumns(); column += 8) {
      step.append("\u001b[").append(column).append("G\u001bH");
    }
    step.append('\r');
  }

  boolean hasSize(WindowSize size) {
    return columns(size) == terminal.getColumns() && rows(size) == terminal.getRows();
  }

  /** Gives the emulator another size. Rows are cut at the new margins. */
  void setSize(WindowSize size) {
    terminal.setSize(Size.of(columns(size), rows(size)));
  }

  int columns() {
    return terminal.getColumns();
  }

  // --- What it shows

  long[][] rows() {
    int columns = terminal.getColumns();
    int rows = terminal.getRows();
    long[] cells = new long[columns * rows];
    terminal.dump(cells, new int[2]);
    long[][] shown = new long[rows][];
    for (int y = 0; y < rows; y++) {
      shown[y] = Arrays.copyOfRange(cells, y * columns, (y + 1) * columns);
    }
    return shown;
  }

  /** The column and row of the cursor. */
  int[] cursor() {
    int[] cursor = new int[2];
    terminal.dump(new long[terminal.getColumns() * terminal.getRows()], cursor);
    return cursor;
  }

  // --- What it gets

  void text(int codePoint) {
    int width = WCWidth.wcwidth(codePoint);
    atFreshLine = false;
    afterReturn = false;
    if (width > 0) {
      endCharacter();
      character.appendCodePoint(codePoint);
    } else if (width == 0 && !character.isEmpty() && tabs == 0 && character.charAt(0) != '\t') {
      character.appendCodePoint(codePoint);
    }
  }

  /** Types so many cells of a row again. */
  void type(long[] row, int end) {
    setPen(mark);
    for (int x = 0; x < end; x++) {
      step.appendCodePoint(ScreenTerminal.cellCodePoint(row[x]));
      flushIfLong();
    }
  }

  /** Writes the last character so many times again. */
  void repeat(int times) {
    endCharacter();
    setPen(mark);
    for (int i = 0; i < Math.min(times, terminal.getColumns()); i++) {
      step.append(lastCells);
    }
    flush();
  }

  /** Moves the cursor by a carriage return or a backspace. */
  void moveBack(char control) {
    endCharacter();
    step.append(control);
    afterReturn = control == '\r';
  }

  /** Keeps a tab as a tab, beside the character before it, because people may copy the text. */
  void tab() {
    if (!character.isEmpty()) {
      tabs++;
    } else if (atFreshLine) {
      character.append('\t');
    } else {
      step.append('\t');
    }
    atFreshLine = false;
    afterReturn = false;
  }

  void lineFeed() {
    boolean fresh = afterReturn || atFreshLine;
    control("\n");
    atFreshLine = fresh;
  }

  /** Passes on a sequence that may leave the row. A new stretch of text begins after it. */
  void control(String sequence) {
    inRow(sequence);
    mark = mark % LARGEST_MARK + 1;
  }

  /** Passes on a sequence that stays in its row. */
  void inRow(String sequence) {
    atFreshLine = false;
    afterReturn = false;
    endCharacter();
    // Cells that the sequence blanks get no mark.
    setPen(0);
    add(sequence);
    flushIfLong();
  }

  /** Adds a sequence that neither ends a stretch of text nor blanks any cell. */
  void add(String sequence) {
    step.append(sequence);
  }

  /** Resets the emulator, as a terminal is when it is switched on. */
  void reset() {
    pen = 0;
    control("\u001bc");
    setTabStops();
  }

  /** Sets the mark as a colour. The emulator keeps 4 bits of each of red, green and blue. */
  private void setPen(int wanted) {
    if (pen == wanted) {
      return;
    }
    pen = wanted;
    step.append("\u001b[0");
    if (wanted != 0) {
      step.append(";38;2");
      for (int shift = 20; shift >= 0; shift -= 4) {
        step.append(shift == 8 ? ";48;2;" : ";").append((wanted >> shift & 0xf) * 0x11);
      }
    }
    step.append('m');
  }

  private void endCharacter() {
    if (character.isEmpty()) {
      return;
    }
    // A tab that begins a line has a cell of its own, and skips the rest.
    int ownTab = character.charAt(0) == '\t' ? 1 : 0;
    lastCells = cells(character.toString());
    String cells = tabs == 0 ? lastCells : cells(character + "\t".repeat(tabs));
    character.setLength(0);
    setPen(mark);
    step.append(cells);
    step.append("\t".repeat(tabs + ownTab));
    tabs = 0;
    flushIfLong();
  }

  private String cells(String text) {
    int codePoint = cellText.codePointOf(text);
    boolean isNarrow = WCWidth.wcwidth(text.codePointAt(0)) == 2 && WCWidth.wcwidth(codePoint) == 1;
    return Character.toString(codePoint) + (isNarrow ? Character.toString(CellText.FILLER) : "");
  }

  private void flushIfLong() {
    if (step.length() > STEP) {
      flush();
    }
  }

  /** Makes the emulator show all that it got. */
  void flush() {
    endCharacter();
    String output = step.toString();
    step.setLength(0);
    try {
      terminal.write(output);
    } catch (RuntimeException fault) {
      LOG.debug("the emulator does not take what a program wrote: {}", fault.toString());
    }
    if (terminal.getHistorySize() > 0) {
      terminal.getHistory().forEach(scrolledOff);
      terminal.write("\u001b[3J");
    }
  }
}
