package io.gatehouse.documents;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.apache.poi.ss.util.CellAddress;

/** What is known of a spreadsheet beside its cells: where its rows are, and its comments. */
final class Spreadsheet {

  private static final int UNKNOWN = -1;

  private final Map<String, NavigableMap<CellAddress, String>> comments = new HashMap<>();
  private final Set<String> texts = new HashSet<>();
  private final boolean hasAllRows;
  private int row = UNKNOWN;
  private int column = UNKNOWN;

  /**
   * @param hasAllRows whether rows without cells are read as well, so that rows can be counted
   */
  Spreadsheet(boolean hasAllRows) {
    this.hasAllRows = hasAllRows;
  }

  /** Adds a comment; POI knows the author apart from the text, which often repeats it. */
  void addComment(String sheet, CellAddress cell, String author, String text) {
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

  /** Called by who reads the rows of the file, before what is in the row. */
  void beginRow(int number) {
    row = number;
  }

  /** Called by who reads the cells of the file, before what is in the cell. */
  void beginCell(int number) {
    column = number;
  }

  /** Called for each sheet. */
  void beginSheet() {
    row = UNKNOWN;
    column = UNKNOWN;
  }

  /** Called for each row that is shown. */
  void showRow() {
    if (hasAllRows) {
      row++;
    }
  }

  /** The row that is read, from 0; negative if it is not known. */
  int row() {
    return row;
  }

  /** The column that is read, from 0; negative if cells are to be counted. */
  int column() {
    return column;
  }
}
