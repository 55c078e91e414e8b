package io.gatehouse.documents;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.poi.ss.util.CellAddress;
import org.apache.tika.parser.ParseContext;
import org.jspecify.annotations.Nullable;
import org.xml.sax.Attributes;
import org.xml.sax.SAXException;
import org.xml.sax.helpers.DefaultHandler;

/**
 * Writes what Tika reads, which is XHTML, as lines of text.
 *
 * <p>Tika puts comments and notes in the middle of what they are about. Here they follow the row or
 * the paragraph and never cut it. A table within a cell ends the line of its row: it is a layout.
 */
final class PlainText extends DefaultHandler {

  /** Elements that begin and end a line of their own in a cell. */
  private static final Set<String> BLOCKS =
      Set.of(
          "p",
          "div",
          "h1",
          "h2",
          "h3",
          "h4",
          "h5",
          "h6",
          "li",
          "ul",
          "ol",
          "dl",
          "dt",
          "dd",
          "pre",
          "blockquote",
          "hr",
          "address",
          "center");

  /** Elements after whose end the notes that stood in them are written. */
  private static final Set<String> PARAGRAPHS =
      Set.of("p", "h1", "h2", "h3", "h4", "h5", "h6", "li", "dd", "dt", "pre");

  /** A comment that begins with its author twice: once from the file, once from the text. */
  private static final Pattern TWICE = Pattern.compile("^([^:]{1,100}): \\1:\\s*");

  private final BoundedWriter out;
  private final ParseContext context;
  private final Deque<TableText> tables = new ArrayDeque<>();
  private final List<String> pending = new ArrayList<>();
  private final StringBuilder sheetName = new StringBuilder();

  /**
   * Text that is collected for later instead of written: a comment, a note, a text beside the
   * cells.
   */
  private @Nullable Aside aside;

  private boolean beforeSheetName;
  private boolean inSheetName;

  /** Whether the rest of the cell is its comment, which {@link Spreadsheet} has already. */
  private boolean inCellComment;

  /** Whether a paragraph in a paragraph ended, whose line end has no place there. */
  private boolean afterNote;

  PlainText(BoundedWriter out, ParseContext context) {
    super();
    this.out = out;
    this.context = context;
  }

  /** The kinds of text that are collected for later. */
  private enum Kind {
    COMMENT,
    NOTE,
    BESIDE_CELLS,
    LEFT_OUT
  }

  private static final class Aside {
    private final Kind kind;
    private final StringBuilder text = new StringBuilder();
    private int depth = 1;

    Aside(Kind kind) {
      this.kind = kind;
    }
  }

  private @Nullable Spreadsheet spreadsheet() {
    return context.get(Spreadsheet.class);
  }

  @Override
  public void startElement(String uri, String name, String qualified, Attributes attributes)
      throws SAXException {
    try {
      if (aside != null) {
        aside.depth++;
        aside.text.append(' ');
        return;
      }
      String type = String.valueOf(attributes.getValue("class"));
      switch (type) {
        case "annotation" -> aside = new Aside(Kind.COMMENT);
        case "note" -> aside = new Aside(Kind.NOTE);
        case "outside" -> aside = new Aside(Kind.BESIDE_CELLS);
        case "threaded-comment" -> aside = new Aside(Kind.LEFT_OUT);
        default -> startShown(name, type, attributes);
      }
    } catch (IOException failure) {
      throw new SAXException(failure);
    }
  }

  private void startShown(String name, String type, Attributes attributes) throws IOException {
    startLine(name);
    TableText table = tables.peek();
    switch (name) {
      case "table" -> startTable();
      case "tr" -> {
        if (table != null) {
          table.endRow();
          Spreadsheet spreadsheet = table.isSheet() ? spreadsheet() : null;
          if (spreadsheet != null) {
            spreadsheet.showRow();
            // The comments of rows above that have no cell.
            addComments(table, spreadsheet.row() - 1);
          }
          table.startRow();
        }
      }
      case "td", "th" -> {
        inCellComment = false;
        if (table != null) {
          table.startCell(number(attributes, "colspan"), number(attributes, "rowspan"));
        }
      }
      case "br" -> {
        inCellComment = table != null && table.isSheet();
        breakLine(name);
      }
      default -> {
        inSheetName = beforeSheetName && name.equals("h1");
        beforeSheetName = name.equals("div") && (type.equals("sheet") || type.equals("page"));
        if (inSheetName) {
          sheetName.setLength(0);
        }
        breakLine(name);
      }
    }
  }

  private static int number(Attributes attributes, String name) {
    String value = String.valueOf(attributes.getValue(name));
    return value.matches("[0-9]{1,5}") ? Integer.parseInt(value) : 1;
  }

  private void startTable() throws IOException {
    TableText outer = tables.peek();
    if (outer != null) {
      outer.endRow();
    }
    Spreadsheet spreadsheet = spreadsheet();
    if (spreadsheet != null && outer == null) {
      spreadsheet.beginSheet();
    }
    tables.push(new TableText(out, spreadsheet != null && outer == null));
  }

  private void breakLine(String name) throws IOException {
    TableText table = tables.peek();
    if (table != null && (name.equals("br") || BLOCKS.contains(name))) {
      table.append("\n");
    }
  }

  /** Tika does not end the line of each heading. */
  private void startLine(String name) throws IOException {
    if (tables.isEmpty() && (PARAGRAPHS.contains(name) || name.equals("table"))) {
      out.startLine();
    }
  }

  @Override
  public void endElement(String uri, String name, String qualified) throws SAXException {
    try {
      if (aside == null) {
        endShown(name);
      } else if (--aside.depth == 0) {
        Aside ended = aside;
        aside = null;
        end(ended);
      }
    } catch (IOException failure) {
      throw new SAXException(failure);
    }
  }

  private void endShown(String name) throws IOException {
    TableText table = tables.peek();
    switch (name) {
      case "table" -> {
        if (table != null) {
          table.endRow();
          if (table.isSheet()) {
            addComments(table, Integer.MAX_VALUE);
            table.endRow();
          }
          tables.pop();
        }
      }
      case "tr" -> {
        if (table != null) {
          Spreadsheet spreadsheet = spreadsheet();
          if (table.isSheet() && spreadsheet != null) {
            addComments(table, spreadsheet.row());
          }
          table.endRow();
        }
      }
      case "td", "th" -> {
        inCellComment = false;
        if (table != null) {
          table.endCell();
        }
      }
      default -> {
        inSheetName = false;
        breakLine(name);
        if (PARAGRAPHS.contains(name)) {
          writePending();
        }
      }
    }
  }

  /** The comments down to the row follow it. */
  private void addComments(TableText table, int row) throws IOException {
    Spreadsheet spreadsheet = spreadsheet();
    if (spreadsheet == null) {
      return;
    }
    Iterator<Map.Entry<CellAddress, String>> comments =
        spreadsheet.comments(sheetName.toString()).entrySet().iterator();
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

  private void end(Aside ended) throws IOException {
    TableText table = tables.peek();
    Spreadsheet spreadsheet = spreadsheet();
    String text = Comments.oneLine(ended.text);
    switch (ended.kind) {
      case COMMENT -> {
        text = TWICE.matcher(text).replaceFirst("$1: ");
        if (table != null && table.isSheet() && spreadsheet != null && spreadsheet.row() >= 0) {
          table.addNote(commentOn(new CellAddress(spreadsheet.row(), table.column()), text));
        } else {
          addNote("[comment, " + text + "]");
        }
      }
      case NOTE -> addNote("[note " + text + "]");
      case BESIDE_CELLS -> {
        if (spreadsheet == null || !spreadsheet.isComment(text)) {
          out.write(text);
          out.write("\n");
        }
      }
      case LEFT_OUT -> {}
    }
    afterNote = true;
  }

  private void addNote(String line) throws IOException {
    TableText table = tables.peek();
    if (table != null) {
      table.addNote(line);
    } else {
      out.reserve(line.length());
      pending.add(line);
    }
  }

  private void writePending() throws IOException {
    for (String line : pending) {
      out.write("\n");
      out.write(line);
    }
    pending.clear();
  }

  @Override
  public void characters(char[] characters, int start, int length) throws SAXException {
    String text = new String(characters, start, length);
    try {
      if (aside != null) {
        out.reserve(length);
        aside.text.append(text);
        return;
      }
      afterNote = false;
      if (inSheetName) {
        sheetName.append(text);
      }
      TableText table = tables.peek();
      if (table == null) {
        out.write(text);
      } else if (!inCellComment) {
        table.append(text);
        Spreadsheet spreadsheet = table.isSheet() ? spreadsheet() : null;
        if (spreadsheet != null && spreadsheet.column() >= 0) {
          table.moveTo(spreadsheet.column());
        }
      }
    } catch (IOException failure) {
      throw new SAXException(failure);
    }
  }

  @Override
  public void ignorableWhitespace(char[] characters, int start, int length) throws SAXException {
    boolean skip = afterNote;
    afterNote = false;
    TableText table = tables.peek();
    try {
      if (aside == null && table == null && !skip) {
        out.write(characters, start, length);
      } else if (aside == null && table != null && table.inCell() && !table.isSheet()) {
        table.append(new String(characters, start, length));
      }
    } catch (IOException failure) {
      throw new SAXException(failure);
    }
  }

  @Override
  public void endDocument() throws SAXException {
    try {
      writePending();
    } catch (IOException failure) {
      throw new SAXException(failure);
    }
  }
}
