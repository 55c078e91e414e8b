package io.gatehouse.gateway.screen;

import io.gatehouse.gateway.session.WindowSize;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jline.terminal.Size;
import org.jline.utils.ScreenTerminal;
import org.jline.utils.WCWidth;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A screen on which programs write, as the text that a person reads there: overwritten lines,
 * cursor movement, colours and full-screen programs included.
 *
 * <p>JLine's {@link ScreenTerminal} is the emulator. Around it, this class
 *
 * <ul>
 *   <li>passes on only sequences that change text, with parameters that a screen can have;
 *   <li>keeps a bounded number of the lines that scroll off, where the emulator would keep all of
 *       them;
 *   <li>keeps accents, which the emulator drops ({@link CellText}), and sets its tab stops, which
 *       are one column off;
 *   <li>finds out which rows were wrapped. The programs' colours are of no use here, so each
 *       stretch of text without vertical movement gets a colour of its own as its mark. The end of
 *       one row and the start of the next have the same mark only if the text ran over the margin.
 * </ul>
 *
 * <p>Only one thread may use it.
 */
public final class Screen {

  private static final Logger LOG = LoggerFactory.getLogger(Screen.class);

  /**
   * The largest size of this screen. No person's screen is larger. A window may claim to be, but
   * each row costs memory.
   */
  private static final int MOST_COLUMNS = 800;

  private static final int MOST_ROWS = 250;

  /** The smallest size that the emulator takes. */
  private static final int LEAST = ScreenTerminal.MIN_SIZE;

  /**
   * The characters that the emulator gets at once. After each such step, the lines that scrolled
   * off are kept.
   */
  private static final int STEP = 256;

  private static final int LARGEST_MARK = 0xffffff;
  private static final String SCREEN_CODES = "@ABCDEFGHIJKLMPSTXZ`adefgru";

  /** Those of {@link #SCREEN_CODES} that stay on their row, and so do not end a stretch of text. */
  private static final String ROW_CODES = "@CDGIKPXZ`a";

  private final CharsetDecoder decoder =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPLACE)
          .onUnmappableCharacter(CodingErrorAction.REPLACE);

  private final ByteBuffer undecoded = ByteBuffer.allocate(8);
  private final OutputParser parser = new OutputParser(new Emulation());
  private final CellText cellText = new CellText();
  private final ShownLines scrollback;

  /** Whether lines are passed on as they scroll off, and so cannot be changed afterwards. */
  private final boolean telling;

  private final StringBuilder character = new StringBuilder();
  private final StringBuilder step = new StringBuilder();
  private final ScreenTerminal terminal;
  private boolean alternate;
  private String lastCells = "";
  private int mark = 1;
  private int pen;

  /** The tabs after the character that is not written yet. */
  private int tabs;

  /** Whether the cursor is at the start of a row in which nothing has been written. */
  private boolean atFreshLine = true;

  private boolean afterReturn;

  /** The lines that were shown when a full-screen program opened its screen; empty before that. */
  private List<String> behind = List.of();

  public Screen(WindowSize size) {
    this(size, Optional.empty());
  }

  /**
   * A screen of endless output.
   *
   * @param scrolledOff gets every line that scrolls off, and the lines of every screen before it is
   *     cleared
   */
  static Screen telling(WindowSize size, ShownLines.Sink scrolledOff) {
    return new Screen(size, Optional.of(scrolledOff));
  }

  private Screen(WindowSize size, Optional<ShownLines.Sink> scrolledOff) {
    telling = scrolledOff.isPresent();
    scrollback = new ShownLines(cellText, scrolledOff);
    terminal = new ScreenTerminal(columns(size), rows(size));
    setTabStops();
  }

  /**
   * Sets tab stops at columns 9, 17 and so on. The cursor must be at the start of a row, and stays
   * there.
   */
  private void setTabStops() {
    step.append("\u001b[3g");
    for (int column = 9; column <= terminal.getColumns(); column += 8) {
      step.append("\u001b[").append(column).append("G\u001bH");
    }
    step.append('\r');
  }

  private static int columns(WindowSize size) {
    return Math.clamp(size.columns(), LEAST, MOST_COLUMNS);
  }

  private static int rows(WindowSize size) {
    return Math.clamp(size.rows(), LEAST, MOST_ROWS);
  }

  /**
   * Shows output of programs in UTF-8. Other bytes are shown as the replacement character.
   *
   * @param limit how long this may take, because some sequences move a whole screen
   * @return false if the time was too short; the rest is not shown then
   */
  public boolean write(ByteBuffer output, Duration limit) {
    long start = System.nanoTime();
    ByteBuffer bytes = ByteBuffer.allocate(undecoded.position() + output.remaining());
    bytes.put(undecoded.flip()).put(output).flip();
    undecoded.clear();
    CharBuffer text = CharBuffer.allocate(bytes.remaining());
    decoder.reset().decode(bytes, text, false);
    undecoded.put(bytes);
    text.flip();
    while (text.hasRemaining()) {
      char next = text.get();
      parser.parse(
          Character.isHighSurrogate(next) && text.hasRemaining()
              ? Character.toCodePoint(next, text.get())
              : next);
      if (System.nanoTime() - start > limit.toNanos()) {
        return false;
      }
    }
    return true;
  }

  /**
   * Gives the screen another size. Text is wrapped again, as terminal windows do it. A drawn
   * screen, which has text below the cursor, is cut at the new margins, because its program draws
   * it again.
   */
  public void resize(WindowSize size) {
    int columns = columns(size);
    int rows = rows(size);
    flush();
    if (columns == terminal.getColumns() && rows == terminal.getRows()) {
      return;
    }
    long[][] shown = shown();
    int[] cursor = cursor();
    if (alternate || isDrawn(shown, endOfLine(shown, cursor[1]))) {
      terminal.setSize(Size.of(columns, rows));
    } else {
      wrapAnew(shown, cursor, columns, rows);
    }
  }

  private static int endOfLine(long[][] shown, int row) {
    int last = row;
    while (last + 1 < shown.length && isWrapped(shown[last], shown[last + 1])) {
      last++;
    }
    return last;
  }

  private static boolean isDrawn(long[][] shown, int lastRow) {
    for (int y = lastRow + 1; y < shown.length; y++) {
      if (usedCells(shown[y]) > 0) {
        return true;
      }
    }
    return false;
  }

  /**
   * Wraps the text for another size: all lines above that of the cursor go to the scrollback, and
   * the cursor's line is typed again.
   */
  private void wrapAnew(long[][] shown, int[] cursor, int columns, int rows) {
    int first = cursor[1];
    while (first > 0 && isWrapped(shown[first - 1], shown[first])) {
      first--;
    }
    for (int y = 0; y < first; y++) {
      scrollback.add(shown[y]);
    }
    control("\u001b[?6l\u001b[r\u001b[H\u001b[2J");
    flush();
    int oldColumns = shown[0].length;
    terminal.setSize(Size.of(columns, rows));
    setTabStops();
    int last = endOfLine(shown, first);
    int before = (cursor[1] - first) * oldColumns + cursor[0];
    int typed = Math.max((last - first) * oldColumns + usedCells(shown[last]), before);
    for (int y = first; y <= last; y++) {
      type(shown[y], Math.min(oldColumns, typed - (y - first) * oldColumns));
    }
    if (typed > before) {
      moveBack(typed, before, columns);
    }
    flush();
  }

  /** Moves the cursor back within a line, to a place that may be in an earlier row. */
  private void moveBack(int from, int to, int columns) {
    int up = (from - 1) / columns - to / columns;
    if (up > 0) {
      step.append("\u001b[").append(up).append('A');
    }
    step.append("\u001b[").append(to % columns + 1).append('G');
  }

  private void type(long[] row, int end) {
    setPen(mark);
    for (int x = 0; x < end; x++) {
      step.appendCodePoint(ScreenTerminal.cellCodePoint(row[x]));
      if (step.length() > STEP) {
        flush();
      }
    }
  }

  private static int usedCells(long[] row) {
    int end = row.length;
    while (end > 0 && ScreenTerminal.cellCodePoint(row[end - 1]) == ' ') {
      end--;
    }
    return end;
  }

  private static boolean isWrapped(long[] row, long[] next) {
    long end = ScreenTerminal.cellAttr(row[row.length - 1]);
    return end != 0 && end == ScreenTerminal.cellAttr(next[0]);
  }

  /**
   * The text of this screen, from the oldest line that is kept. While a full-screen program has the
   * screen, only its screen is shown.
   *
   * @param mostBytes the most bytes of the text in UTF-8; older lines are left out
   */
  public String text(int mostBytes) {
    flush();
    ShownLines lines =
        alternate ? new ShownLines(cellText, Optional.empty()) : new ShownLines(scrollback);
    for (long[] row : shown()) {
      lines.add(row);
    }
    return lines.text(mostBytes);
  }

  /**
   * The lines of programs that write line by line, from the first one that was not passed on, to
   * the one with the cursor or the last one with text.
   */
  List<String> lines() {
    flush();
    return alternate ? behind : linesOfScreen(new ShownLines(scrollback), cursor()[1]);
  }

  /** The lines that a full-screen program shows; empty if none has the screen. */
  Optional<List<String>> fullScreen() {
    flush();
    return alternate
        ? Optional.of(linesOfScreen(new ShownLines(cellText, Optional.empty()), -1))
        : Optional.empty();
  }

  private List<String> linesOfScreen(ShownLines lines, int atLeast) {
    long[][] shown = shown();
    int last = shown.length - 1;
    while (last > atLeast && usedCells(shown[last]) == 0) {
      last--;
    }
    for (int y = 0; y <= last; y++) {
      lines.add(shown[y]);
    }
    return lines.all();
  }

  /** Passes on the lines of a screen that is about to be cleared. */
  private void tellScreen() {
    flush();
    if (telling && !alternate) {
      long[][] shown = shown();
      int last = shown.length - 1;
      while (last >= 0 && usedCells(shown[last]) == 0) {
        last--;
      }
      for (int y = 0; y <= last; y++) {
        scrollback.add(shown[y]);
      }
      scrollback.endLine();
    }
  }

  /** Shows what a parser finds, for a caller that has a parser of its own. */
  OutputParser.Sink sink() {
    return new Emulation();
  }

  int memory() {
    return cellText.size();
  }

  private long[][] shown() {
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
  private int[] cursor() {
    int[] cursor = new int[2];
    terminal.dump(new long[terminal.getColumns() * terminal.getRows()], cursor);
    return cursor;
  }

  // --- To the emulator

  /** Passes on a sequence that may leave the row. A new stretch of text begins after it. */
  private void control(String sequence) {
    inRow(sequence);
    mark = mark % LARGEST_MARK + 1;
  }

  /** Passes on a sequence that stays in its row. */
  private void inRow(String sequence) {
    atFreshLine = false;
    afterReturn = false;
    endCharacter();
    // Cells that the sequence blanks get no mark.
    setPen(0);
    step.append(sequence);
    if (step.length() > STEP) {
      flush();
    }
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
    if (step.length() > STEP) {
      flush();
    }
  }

  private String cells(String text) {
    int codePoint = cellText.codePointOf(text);
    boolean isNarrow = WCWidth.wcwidth(text.codePointAt(0)) == 2 && WCWidth.wcwidth(codePoint) == 1;
    return Character.toString(codePoint) + (isNarrow ? Character.toString(CellText.FILLER) : "");
  }

  private void flush() {
    endCharacter();
    String output = step.toString();
    step.setLength(0);
    try {
      terminal.write(output);
    } catch (RuntimeException fault) {
      LOG.debug("the emulator does not take what a program wrote: {}", fault.toString());
    }
    keepScrolledRows();
  }

  private void keepScrolledRows() {
    if (terminal.getHistorySize() > 0) {
      if (!alternate) {
        terminal.getHistory().forEach(scrollback::add);
      }
      terminal.write("\u001b[3J");
    }
  }

  private void switchTo(boolean wanted) {
    if (alternate != wanted) {
      control("");
      flush();
      behind = wanted && telling ? lines() : List.of();
      alternate = wanted;
      step.append("\u001b[?1049").append(wanted ? 'h' : 'l');
      flush();
    }
  }

  /** Passes on what the parser finds, in the form that the emulator needs. */
  private final class Emulation implements OutputParser.Sink {

    @Override
    public void text(int codePoint) {
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

    @Override
    public void control(char control) {
      switch (control) {
        case '\r', '\b' -> {
          endCharacter();
          step.append(control);
          afterReturn = control == '\r';
        }
        case '\t' -> tab();
        case '\n', 0x0b, '\f' -> {
          boolean fresh = afterReturn || atFreshLine;
          Screen.this.control("\n");
          atFreshLine = fresh;
        }
        // These switch to the other character set and back.
        case 0x0e, 0x0f -> inRow(String.valueOf(control));
        default -> {}
      }
    }

    /** Keeps a tab as a tab, beside the character before it, because people may copy the text. */
    private void tab() {
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

    @Override
    public void escape(String sequence) {
      switch (sequence) {
        case "7", "8", "D", "E", "H", "M" -> Screen.this.control("\u001b" + sequence);
        case "(0", "(A", "(B", ")0", ")A", ")B" -> inRow("\u001b" + sequence);
        case "c" -> {
          tellScreen();
          clearScrollback();
          alternate = false;
          pen = 0;
          Screen.this.control("\u001bc");
          setTabStops();
        }
        default -> {}
      }
    }

    @Override
    public void sequence(char prefix, List<Integer> parameters, char command) {
      if (prefix == '?' && (command == 'h' || command == 'l')) {
        parameters.forEach(mode -> privateMode(mode, command));
      } else if (prefix != 0) {
        return;
      } else if (command == 'b') {
        repeat(Math.max(parameters.getFirst(), 1));
      } else if (command == 'J' && parameters.getFirst() == 3) {
        flush();
        clearScrollback();
      } else if ((command == 'h' || command == 'l') && parameters.contains(4)) {
        inRow("\u001b[4" + command);
      } else if (command == 's') {
        inRow("\u001b[s");
      } else if (SCREEN_CODES.indexOf(command) >= 0) {
        screenCode(parameters, command);
      }
    }

    private void privateMode(int mode, char command) {
      switch (mode) {
        // These are the modes for the origin and for wrapping.
        case 6, 7 -> Screen.this.control("\u001b[?" + mode + command);
        case 47, 1047, 1049 -> switchTo(command == 'h');
        default -> {}
      }
    }

    private void repeat(int times) {
      endCharacter();
      setPen(mark);
      for (int i = 0; i < Math.min(times, terminal.getColumns()); i++) {
        step.append(lastCells);
      }
      flush();
    }

    private void clearScrollback() {
      if (!telling) {
        scrollback.clear();
      }
    }

    private void screenCode(List<Integer> parameters, char command) {
      if (command == 'J' && parameters.getFirst() == 2) {
        tellScreen();
      }
      StringBuilder sequence = new StringBuilder("\u001b[");
      for (int i = 0; i < Math.min(parameters.size(), 2); i++) {
        sequence.append(i == 0 ? "" : ";");
        int parameter = parameters.get(i);
        sequence.append(parameter == 0 && command != 'J' && command != 'K' ? "" : parameter);
      }
      sequence.append(command);
      if (ROW_CODES.indexOf(command) >= 0) {
        inRow(sequence.toString());
      } else {
        Screen.this.control(sequence.toString());
        flush();
      }
    }
  }
}
