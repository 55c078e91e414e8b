package io.gatehouse.gateway.screen;

import io.gatehouse.gateway.session.WindowSize;

/** Wraps the text of a screen again when the screen gets another size. */
final class Rewrapping {

  private final Emulator emulator;
  private final ShownLines scrollback;

  Rewrapping(Emulator emulator, ShownLines scrollback) {
    this.emulator = emulator;
    this.scrollback = scrollback;
  }

  /** Whether there is text below the line with the cursor, as on a screen that a program draws. */
  boolean isDrawn() {
    long[][] rows = emulator.rows();
    int last = ScreenRow.endOfLine(rows, emulator.cursor()[1]);
    return ScreenRow.lastUsed(rows, last) > last;
  }

  /**
   * Wraps the text for another size: all lines above that of the cursor go to the scrollback, and
   * the cursor's line is typed again.
   */
  void resize(WindowSize size) {
    long[][] rows = emulator.rows();
    int[] cursor = emulator.cursor();
    int first = ScreenRow.startOfLine(rows, cursor[1]);
    for (int y = 0; y < first; y++) {
      scrollback.add(rows[y]);
    }
    emulator.control("\u001b[?6l\u001b[r\u001b[H\u001b[2J");
    emulator.flush();
    int oldColumns = rows[0].length;
    emulator.setSize(size);
    emulator.setTabStops();
    int last = ScreenRow.endOfLine(rows, first);
    int before = (cursor[1] - first) * oldColumns + cursor[0];
    int typed = Math.max((last - first) * oldColumns + ScreenRow.usedCells(rows[last]), before);
    for (int y = first; y <= last; y++) {
      emulator.type(rows[y], Math.min(oldColumns, typed - (y - first) * oldColumns));
    }
    if (typed > before) {
      moveBack(typed, before);
    }
    emulator.flush();
  }

  /** Moves the cursor back within a line, to a place that may be in an earlier row. */
  private void moveBack(int from, int to) {
    int columns = emulator.columns();
    int up = (from - 1) / columns - to / columns;
    if (up > 0) {
      emulator.add("\u001b[" + up + "A");
    }
    emulator.add("\u001b[" + (to % columns + 1) + "G");
  }
}
