package io.gatehouse.gateway.screen;

import io.gatehouse.gateway.session.WindowSize;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * The lines of output that moves no cursor: the newest, as many as a screen has, and the one that
 * has not ended. Older lines are passed on.
 */
final class PlainLines {

  /** The most characters of a line that are kept while its end has not come. */
  private static final int LONGEST_LINE = 64 * 1024;

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
   * Adds the ASCII text at the start of a piece of output, and returns the index after it. There is
   * none after a return, because the next character overwrites the line.
   */
  int addRun(CharSequence output, int start, int end) {
    if (returned) {
      return start;
    }
    int next = start;
    while (next < end && output.charAt(next) >= ' ' && output.charAt(next) < 0x7f) {
      next++;
    }
    if (next > start) {
      line.append(output, start, next);
      shortenIfLong();
    }
    return next;
  }

  /** Adds a character, which after a return begins the line again. */
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
    newest.forEach(each -> older.line(each, true));
    newest.clear();
    newestRows = 0;
    int rows = line.length() / size.columns() - size.rows();
    int end = rows * size.columns();
    if (Character.isHighSurrogate(line.charAt(end - 1))) {
      end--;
    }
    older.line(line.substring(0, end), false);
    line.delete(0, end);
  }

  /** All lines that are kept; the last is the one that has not ended. */
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

  /** Goes on from the lines of a screen. */
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
