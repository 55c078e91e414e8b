package io.gatehouse.gateway.screen;

import org.jline.utils.ScreenTerminal;

/** Tells about the rows of cells that the emulator shows. */
final class ScreenRow {

  private ScreenRow() {}

  /** The number of cells up to the last one with text. */
  static int usedCells(long[] row) {
    int end = row.length;
    while (end > 0 && ScreenTerminal.cellCodePoint(row[end - 1]) == ' ') {
      end--;
    }
    return end;
  }

  /** Whether the text of the row ran over the margin into the next one, by the marks of both. */
  static boolean isWrapped(long[] row, long[] next) {
    long end = ScreenTerminal.cellAttr(row[row.length - 1]);
    return end != 0 && end == ScreenTerminal.cellAttr(next[0]);
  }

  /** The first row of the line that this row is part of. */
  static int startOfLine(long[][] rows, int row) {
    int first = row;
    while (first > 0 && isWrapped(rows[first - 1], rows[first])) {
      first--;
    }
    return first;
  }

  /** The last row of the line that this row is part of. */
  static int endOfLine(long[][] rows, int row) {
    int last = row;
    while (last + 1 < rows.length && isWrapped(rows[last], rows[last + 1])) {
      last++;
    }
    return last;
  }

  /** The last row with text, or {@code atLeast} if no row after that has any. */
  static int lastUsed(long[][] rows, int atLeast) {
    int last = rows.length - 1;
    while (last > atLeast && usedCells(rows[last]) == 0) {
      last--;
    }
    return last;
  }
}
