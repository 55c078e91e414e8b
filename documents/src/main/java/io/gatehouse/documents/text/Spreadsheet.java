package io.gatehouse.documents.text;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.apache.poi.ss.util.CellAddress;

/**
 * Facts about a spreadsheet that do not come with its cells: the places of its rows, and its
 * comments.
 */
public final class Spreadsheet {

  private static final int UNKNOWN = -1;

  private final Map<String, NavigableMap<CellAddress, String>> comments = new HashMap<>();
  private final Set<String> texts = new HashSet<>();
  private final boolean hasAllRows;
  private int row = UNKNOWN;
  private int column = UNKNOWN;

  /**
   * Knows nothing yet.
   *
   * @param hasAllRows whether rows without cells are read as well, so that rows can be counted
   */
  public Spreadsheet(boolean hasAllRows) {
    this.hasAllRows = hasAllRows;
  }

  /** Adds a comment; POI knows the author apart from the text, which often repeats it. */
  public void addComment(String sheet, CellAddress cell, String author, String text) {
    comments.computeIfAbsent(sheet, any -> new TreeMap<>()).put(cell, Comments.line(author, text));
    texts.add(Comments.oneLine(text));
  }

  /**
   * Whether a text is that of a comment: Tika reads those of old sheets as texts beside the cells.
   */
  boolean isComment(String text) {
    return texts.contains(Comments.oneLine(text));
  }

  /** The comments of a sheet that were not shown yet, by row and column. */
  NavigableMap<CellAddress, String> comments(String sheet) {
    return comments.computeIfAbsent(sheet, any -> new TreeMap<>());
  }

  /** Begins a row. The reader of the file calls this before it passes on the cells of the row. */
  public void beginRow(int number) {
    row = number;
  }

  /** Begins a cell. The reader of the file calls this before it passes on the text of the cell. */
  public void beginCell(int number) {
    column = number;
  }

  /** Begins a sheet. */
  void beginSheet() {
    row = UNKNOWN;
    column = UNKNOWN;
  }

  /** Counts a row that is shown, if the file shows all of its rows. */
  void showRow() {
    if (hasAllRows) {
      row++;
    }
  }

  /** The row that is read, from 0; negative if it is not known. */
  public int row() {
    return row;
  }

  /** The column that is read, from 0; negative if cells are to be counted. */
  public int column() {
    return column;
  }
}
