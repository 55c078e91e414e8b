package io.gatehouse.documents.text;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
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
public final class PlainText extends DefaultHandler {

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

  private final BoundedWriter out;
  private final ParseContext context;
  private final Deque<TableText> tables = new ArrayDeque<>();
  private final Notes notes;
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

  public PlainText(BoundedWriter out, ParseContext context) {
    super();
    this.out = out;
    this.context = context;
    this.notes = new Notes(out);
  }

  private @Nullable Spreadsheet spreadsheet() {
    return context.get(Spreadsheet.class);
  }

  @Override
  public void startElement(String uri, String name, String qualified, Attributes attributes)
      throws SAXException {
    try {
      if (aside != null) {
        aside.startElement();
        return;
      }
      String type = String.valueOf(attributes.getValue("class"));
      aside = Aside.begin(type).orElse(null);
      if (aside == null) {
        startShown(name, type, attributes);
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
      } else if (aside.endElement()) {
        notes.add(aside, tables.peek(), spreadsheet());
        aside = null;
        afterNote = true;
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
          notes.write();
        }
      }
    }
  }

  /** The comments down to the row follow it. */
  private void addComments(TableText table, int row) throws IOException {
    Spreadsheet spreadsheet = spreadsheet();
    if (spreadsheet != null) {
      Notes.addComments(spreadsheet, sheetName.toString(), row, table);
    }
  }

  @Override
  public void characters(char[] characters, int start, int length) throws SAXException {
    String text = new String(characters, start, length);
    try {
      if (aside != null) {
        out.reserve(length);
        aside.append(text);
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
      notes.write();
    } catch (IOException failure) {
      throw new SAXException(failure);
    }
  }
}
