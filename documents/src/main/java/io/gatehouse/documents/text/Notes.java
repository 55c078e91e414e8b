package io.gatehouse.documents.text;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.poi.ss.util.CellAddress;
import org.jspecify.annotations.Nullable;

/** Puts comments and notes behind the row or the paragraph that they are about. */
final class Notes {

  /** A comment that begins with its author twice: once from the file, once from the text. */
  private static final Pattern TWICE = Pattern.compile("^([^:]{1,100}): \\1:\\s*");

  private final BoundedWriter out;

  /** The lines that follow the paragraph. Those of a table are kept by its {@link TableText}. */
  private final List<String> pending = new ArrayList<>();

  Notes(BoundedWriter out) {
    this.out = out;
  }

  /**
   * Adds an aside that has ended.
   *
   * @param table the table in which it stood; null if in none
   * @param spreadsheet null if the document is no spreadsheet
   */
  void add(Aside ended, @Nullable TableText table, @Nullable Spreadsheet spreadsheet)
      throws IOException {
    String text = ended.line();
    switch (ended.kind()) {
      case COMMENT -> {
        text = TWICE.matcher(text).replaceFirst("$1: ");
        if (table != null && table.isSheet() && spreadsheet != null && spreadsheet.row() >= 0) {
          table.addNote(commentOn(new CellAddress(spreadsheet.row(), table.column()), text));
        } else {
          add("[comment, " + text + "]", table);
        }
      }
      case NOTE -> add("[note " + text + "]", table);
      case BESIDE_CELLS -> {
        if (spreadsheet == null || !spreadsheet.isComment(text)) {
          out.write(text);
          out.write("\n");
        }
      }
      case LEFT_OUT -> {}
    }
  }

  private void add(String line, @Nullable TableText table) throws IOException {
    if (table != null) {
      table.addNote(line);
    } else {
      out.reserve(line.length());
      pending.add(line);
    }
  }

  /** Adds the comments of a sheet down to this row, which follow the current row of its table. */
  static void addComments(Spreadsheet spreadsheet, String sheet, int row, TableText table)
      throws IOException {
    Iterator<Map.Entry<CellAddress, String>> comments =
        spreadsheet.comments(sheet).entrySet().iterator();
    while (comments.hasNext()) {
      Map.Entry<CellAddress, String> comment = comments.next();
      if (comment.getKey().getRow() > row) {
        return;
      }
      table.addNote(commentOn(comment.getKey(), comment.getValue()));
      comments.remove();
    }
  }

  private static String commentOn(CellAddress cell, String text) {
    return "[comment on " + cell.formatAsString() + ", " + text + "]";
  }

  /** Writes what follows the paragraph. */
  void write() throws IOException {
    for (String line : pending) {
      out.write("\n");
      out.write(line);
    }
    pending.clear();
  }
}
