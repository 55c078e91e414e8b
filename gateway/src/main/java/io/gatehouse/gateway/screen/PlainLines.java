package io.gatehouse.gateway.screen;

import io.gatehouse.gateway.session.WindowSize;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * The newest lines of output that moves no cursor: as many lines as a screen shows, and the line
 * that has not ended. Older lines are passed on.
 */
final class PlainLines {

  /** The most characters that are kept of a line that has not ended. */
  private static final int LONGEST_LINE = 64 * 1024;

  private static final String LINE_END = "\r\n";

  private final WindowSize size;
  private final ShownLines.Sink older;
  private final Deque<String> newest = new ArrayDeque<>();
  private int newestRows;
  private final StringBuilder line = new StringBuilder();
  private boolean returned;

  /**
   * @param older gets each line that a screen of this size would not show any more
   */
  PlainLines(WindowSize size, ShownLines.Sink older) {
    this.size = size;
    this.older = older;
  }

  /** Whether the cursor has returned to the start of a line that has text. */
  boolean isReturned() {
    return returned;
  }

  /** Whether the line that has not ended has no text. */
  boolean isLineEmpty() {
    return line.isEmpty();
  }

  /** The number of characters of the line that has not ended. */
  int lineLength() {
    return line.length();
  }

  /**
   * Adds the whole lines of ASCII text that begin here, and returns the index after them. Those
   * that a screen would not show any more are passed on together, which takes a third of the time.
   * In the middle of a line, this adds nothing.
   */
  int addLines(CharSequence output, int start) {
    if (returned || !line.isEmpty()) {
      return start;
    }
    int end = afterLines(output, start);
    int kept = end;
    int rows = 0;
    while (kept > start && rows < size.rows()) {
      int lineEnd = kept - LINE_END.length();
      kept = lineStart(output, start, lineEnd);
      rows += rowsOf(lineEnd - kept);
    }
    if (kept > start) {
      passOn();
      String lines = output.subSequence(start, kept - LINE_END.length()).toString();
      older.line(lines.replace(LINE_END, "\n"), true);
    }
    for (int next = kept; next < end; ) {
      int lineEnd = afterText(output, next);
      addLine(output.subSequence(next, lineEnd).toString());
      next = lineEnd + LINE_END.length();
    }
    return end;
  }

  /** The index after the last whole line of ASCII text. */
  private static int afterLines(CharSequence output, int start) {
    int end = start;
    int next = afterText(output, start);
    while (next + 1 < output.length()
        && next - end <= LONGEST_LINE
        && output.charAt(next) == '\r'
        && output.charAt(next + 1) == '\n') {
      end = next + LINE_END.length();
      next = afterText(output, end);
    }
    return end;
  }

  private static int lineStart(CharSequence output, int start, int lineEnd) {
    int first = lineEnd;
    while (first > start && output.charAt(first - 1) != '\n') {
      first--;
    }
    return first;
  }

  private static int afterText(CharSequence output, int start) {
    int next = start;
    while (next < output.length() && output.charAt(next) >= ' ' && output.charAt(next) < 0x7f) {
      next++;
    }
    return next;
  }

  /**
   * Adds the ASCII text that begins here, and returns the index after it. After a return, this adds
   * nothing, because the next character overwrites the line.
   */
  int addRun(CharSequence output, int start) {
    if (returned) {
      return start;
    }
    int next = afterText(output, start);
    if (next > start) {
      line.append(output, start, next);
      shortenIfLong();
    }
    return next;
  }

  /** Adds a character. After a return, the character begins the line again. */
  void add(int codePoint) {
    if (returned) {
      line.setLength(0);
      returned = false;
    }
    line.appendCodePoint(codePoint);
    shortenIfLong();
  }

  /** Returns to the start of the line. */
  void returnToStart() {
    returned = true;
  }

  /** Ends the line. */
  void endLine() {
    addLine(line.toString());
    line.setLength(0);
    returned = false;
  }

  private void addLine(String text) {
    newest.addLast(text);
    newestRows += rowsOf(text.length());
    while (newestRows - rowsOf(newest.getFirst().length()) >= size.rows()) {
      String oldest = newest.removeFirst();
      newestRows -= rowsOf(oldest.length());
      older.line(oldest, true);
    }
  }

  private int rowsOf(int characters) {
    return Math.max(1, (characters + size.columns() - 1) / size.columns());
  }

  private void shortenIfLong() {
    if (line.length() > LONGEST_LINE) {
      shorten();
    }
  }

  /** Passes on the beginning of a long line, of which only the end is still on the screen. */
  private void shorten() {
    passOn();
    int rows = line.length() / size.columns() - size.rows();
    int end = rows * size.columns();
    if (Character.isHighSurrogate(line.charAt(end - 1))) {
      end--;
    }
    older.line(line.substring(0, end), false);
    line.delete(0, end);
  }

  /** Passes on all lines that have ended. */
  private void passOn() {
    newest.forEach(each -> older.line(each, true));
    newest.clear();
    newestRows = 0;
  }

  /** All lines that are kept. The last of them has not ended. */
  List<String> all() {
    List<String> lines = new ArrayList<>(newest);
    lines.add(line.toString());
    return lines;
  }

  /** Types the lines on a new screen, and forgets them. */
  void moveTo(OutputParser.Sink screen) {
    newest.forEach(
        each -> {
          type(each, screen);
          screen.control('\r');
          screen.control('\n');
        });
    type(line, screen);
    if (returned) {
      screen.control('\r');
    }
    clear();
  }

  private static void type(CharSequence text, OutputParser.Sink screen) {
    text.codePoints()
        .forEach(
            codePoint -> {
              if (codePoint == '\t') {
                screen.control('\t');
              } else {
                screen.text(codePoint);
              }
            });
  }

  /** Continues after the lines of a screen. */
  void moveFrom(List<String> screen) {
    clear();
    for (int i = 0; i < screen.size() - 1; i++) {
      addLine(screen.get(i));
    }
    if (!screen.isEmpty()) {
      line.append(screen.getLast());
    }
  }

  private void clear() {
    newest.clear();
    newestRows = 0;
    line.setLength(0);
    returned = false;
  }
}
