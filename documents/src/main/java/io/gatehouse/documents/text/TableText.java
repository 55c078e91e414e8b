package io.gatehouse.documents.text;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A table that is written row by row: a row is one line, its cells with tabs between them; an empty
 * cell keeps its place, and so does one that another cell spans.
 *
 * <p>A row of one cell, or one that has all its text in one cell and much of it, is no table to the
 * eye but a layout, as in mails: its lines stay lines. Sheets have no layout.
 */
final class TableText {

  /** Columns that the largest sheets have. */
  private static final int MOST_COLUMNS = 16_384;

  /**
   * The longest text of a cell, in characters. A longer one that has several lines is the text of a
   * page.
   */
  private static final int LONGEST_CELL = 300;

  private final BoundedWriter out;
  private final boolean isSheet;
  private final List<Cell> cells = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();

  /** For columns in which a cell from above goes on: how many rows it still has. */
  private final Map<Integer, Integer> spanned = new HashMap<>();

  private int column;
  private boolean inCell;
  private boolean isWritten;
  private boolean afterBlank;

  TableText(BoundedWriter out, boolean isSheet) {
    this.out = out;
    this.isSheet = isSheet;
  }

  private record Cell(int column, StringBuilder text) {}

  boolean isSheet() {
    return isSheet;
  }

  boolean inCell() {
    return inCell;
  }

  /** The column of the current cell, from 0. */
  int column() {
    return cells.isEmpty() ? 0 : cells.getLast().column();
  }

  void startRow() throws IOException {
    endRow();
    column = 0;
  }

  void startCell(int columns, int rows) {
    while (spanned.containsKey(column)) {
      spanned.computeIfPresent(column, (any, left) -> left > 1 ? left - 1 : null);
      column++;
    }
    cells.add(new Cell(column, new StringBuilder()));
    int end = Math.min(column + Math.max(columns, 1), MOST_COLUMNS);
    for (int each = column; rows > 1 && each < end; each++) {
      spanned.put(each, rows - 1);
    }
    column = Math.max(end, column);
    inCell = true;
  }

  /** Moves the current cell to the column that the document gives for it. */
  void moveTo(int place) {
    if (!cells.isEmpty() && cells.getLast().column() != place) {
      cells.set(cells.size() - 1, new Cell(place, cells.getLast().text()));
    }
  }

  void endCell() {
    inCell = false;
  }

  /** Adds text to the cell. Text between two cells belongs to the first of them. */
  void append(CharSequence text) throws IOException {
    if (cells.isEmpty()) {
      if (text.toString().isBlank()) {
        return;
      }
      cells.add(new Cell(column, new StringBuilder()));
    }
    out.reserve(text.length());
    cells.getLast().text().append(text);
  }

  /** Adds a line that follows the row. */
  void addNote(String line) throws IOException {
    out.reserve(line.length());
    notes.add(line);
  }

  /** Writes the row, if there is one. */
  void endRow() throws IOException {
    List<Cell> filled = cells.stream().filter(cell -> !cell.text().toString().isBlank()).toList();
    if (!filled.isEmpty()) {
      if (afterBlank && isWritten) {
        out.write("\n");
      }
      afterBlank = false;
      isWritten = true;
      if (isLayout(filled)) {
        writeLines(filled.getFirst().text());
      } else {
        writeRow(filled);
      }
    } else if (!cells.isEmpty()) {
      afterBlank = true;
    }
    cells.clear();
    inCell = false;
    for (String note : notes) {
      out.write(note);
      out.write("\n");
    }
    notes.clear();
  }

  private boolean isLayout(List<Cell> filled) {
    if (isSheet || filled.size() > 1) {
      return false;
    }
    String text = filled.getFirst().text().toString().strip();
    return (cells.size() == 1 && column() == 0)
        || (text.length() > LONGEST_CELL && text.contains("\n"));
  }

  private void writeRow(List<Cell> filled) throws IOException {
    int at = 0;
    for (Cell cell : filled) {
      out.write("\t".repeat(Math.max(cell.column() - at, 0)));
      out.write(Comments.oneLine(cell.text()));
      at = cell.column();
    }
    out.write("\n");
  }

  private void writeLines(CharSequence text) throws IOException {
    for (String line : text.toString().lines().toList()) {
      if (!line.isBlank()) {
        out.write(line.strip());
        out.write("\n");
      }
    }
  }
}
