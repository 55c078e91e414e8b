package io.gatehouse.gateway.screen;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jline.utils.ScreenTerminal;

/**
 * Makes lines of text from the rows of a screen. Rows that the screen wrapped become one line
 * again. The size of the text is bounded.
 */
final class ShownLines {

  /** Takes each line when it ends. */
  @FunctionalInterface
  interface Sink {

    /**
     * Takes a line, or a piece of one.
     *
     * @param ended false for a piece of a line that is too long to be kept
     */
    void line(String text, boolean ended);
  }

  /** The most cells of one line. */
  private static final int LONGEST_LINE = 64 * 1024;

  /** The most characters of all lines, which is more than any answer shows. */
  private static final int LARGEST = 256 * 1024;

  private final CellText cellText;

  /** The receiver of the lines; empty if this object keeps them. */
  private final Optional<Sink> sink;

  /** Whether blanks that were written at the end of a line are part of it. */
  private final boolean exact;

  private final Deque<String> lines;
  private int size;
  private int[] line;
  private int lineLength;
  private long lastMark;
  private boolean hasLine;

  ShownLines(CellText cellText, Optional<Sink> sink) {
    this.cellText = cellText;
    this.sink = sink;
    exact = sink.isPresent();
    lines = new ArrayDeque<>();
    line = new int[128];
  }

  /** A copy that is independent of the original and keeps its lines. */
  ShownLines(ShownLines other) {
    cellText = other.cellText;
    sink = Optional.empty();
    exact = other.exact;
    lines = new ArrayDeque<>(other.lines);
    size = other.size;
    line = other.line.clone();
    lineLength = other.lineLength;
    lastMark = other.lastMark;
    hasLine = other.hasLine;
  }

  /** Adds the next row. */
  void add(long[] row) {
    if (row.length == 0) {
      return;
    }
    long mark = ScreenTerminal.cellAttr(row[0]);
    boolean continues = hasLine && mark != 0 && mark == lastMark;
    if (hasLine && (!continues || lineLength + row.length > LONGEST_LINE)) {
      finishLine(!continues);
    }
    if (lineLength + row.length > line.length) {
      line = Arrays.copyOf(line, Math.max(2 * line.length, lineLength + row.length));
    }
    System.arraycopy(cellText.codePoints(row, exact), 0, line, lineLength, row.length);
    lineLength += row.length;
    lastMark = ScreenTerminal.cellAttr(row[row.length - 1]);
    hasLine = true;
  }

  private void finishLine(boolean ended) {
    String text = cellText.textOf(line, lineLength, !exact);
    lineLength = 0;
    hasLine = false;
    if (sink.isPresent()) {
      sink.get().line(text, ended);
      return;
    }
    lines.addLast(text);
    size += text.length() + 1;
    while (size > LARGEST) {
      size -= lines.removeFirst().length() + 1;
    }
  }

  void clear() {
    lines.clear();
    size = 0;
    lineLength = 0;
    hasLine = false;
  }

  /** Ends the current line, even if more rows of it could follow. */
  void endLine() {
    if (hasLine) {
      finishLine(true);
    }
  }

  /** All lines that are kept, including blank ones. */
  List<String> all() {
    endLine();
    return List.copyOf(lines);
  }

  /** The newest lines that fit into {@code mostBytes} bytes, without blank lines at the end. */
  String text(int mostBytes) {
    endLine();
    while (!lines.isEmpty() && lines.getLast().isEmpty()) {
      size -= lines.removeLast().length() + 1;
    }
    return newest(List.copyOf(lines), mostBytes);
  }

  private static String newest(List<String> lines, int mostBytes) {
    int first = lines.size();
    int bytes = -1;
    while (first > 0 && bytes + 1 + utf8Length(lines.get(first - 1)) <= mostBytes) {
      first--;
      bytes += 1 + utf8Length(lines.get(first));
    }
    if (first == lines.size() && first > 0) {
      return end(lines.get(first - 1), mostBytes);
    }
    return String.join("\n", lines.subList(first, lines.size()));
  }

  /** The last characters of a line that does not fit completely. */
  private static String end(String line, int mostBytes) {
    int start = line.length();
    int bytes = 0;
    while (start > 0) {
      int before = line.offsetByCodePoints(start, -1);
      bytes += utf8Length(line.substring(before, start));
      if (bytes > mostBytes) {
        break;
      }
      start = before;
    }
    return line.substring(start);
  }

  private static int utf8Length(String text) {
    int length = 0;
    for (int i = 0; i < text.length(); i++) {
      char character = text.charAt(i);
      // Two halves of a surrogate pair have four bytes together.
      length +=
          character < 0x80 ? 1 : character < 0x800 || Character.isSurrogate(character) ? 2 : 3;
    }
    return length;
  }
}
