package io.gatehouse.documents;

import io.gatehouse.documents.text.Spreadsheet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.xml.sax.Attributes;
import org.xml.sax.SAXException;
import org.xml.sax.helpers.AttributesImpl;
import org.xml.sax.helpers.XMLFilterImpl;

/**
 * Leaves out of an OpenDocument file (ISO/IEC 26300) what is not shown, deleted and hidden text,
 * and writes out what the file abbreviates and Tika does not read: cells and rows that are
 * repeated, the names of sheets, the authors of comments.
 */
final class OpenDocumentFilter extends XMLFilterImpl {

  private static final String OASIS = "urn:oasis:names:tc:opendocument:xmlns:";
  private static final String TABLE = OASIS + "table:1.0";
  private static final String TEXT = OASIS + "text:1.0";
  private static final String OFFICE = OASIS + "office:1.0";
  private static final String STYLE = OASIS + "style:1.0";
  private static final String COLUMNS_REPEATED = "number-columns-repeated";
  private static final String ROWS_REPEATED = "number-rows-repeated";

  /** Columns that the largest sheets have. */
  private static final int MOST_COLUMNS = 16_384;

  private static final int MOST_ROWS = 1_048_576;

  private final @Nullable Spreadsheet spreadsheet;
  private final Set<String> hiddenStyles;

  private int leftOut;
  private String style = "";

  /**
   * The events of a repeated row, or of a repeated cell outside such a row, kept to be passed on
   * again.
   */
  private @Nullable XmlEvents repeated;

  private int repeatedDepth;
  private int times;
  private boolean isRow;

  /** The row that is passed on, from 0. */
  private int row = -1;

  private boolean inAnnotation;
  private boolean inAuthor;
  private final StringBuilder author = new StringBuilder();

  /**
   * @param spreadsheet null: it is no spreadsheet
   */
  OpenDocumentFilter(@Nullable Spreadsheet spreadsheet, Set<String> hiddenStyles) {
    super();
    this.spreadsheet = spreadsheet;
    this.hiddenStyles = hiddenStyles;
  }

  @Override
  public void startElement(String uri, String name, String qualified, Attributes attributes)
      throws SAXException {
    if (leftOut > 0) {
      leftOut++;
    } else if (repeated != null) {
      repeatedDepth++;
      repeated.startElement(uri, name, qualified, attributes);
    } else if (isLeftOut(uri, name, attributes)) {
      leftOut = 1;
    } else {
      int rows = number(attributes, ROWS_REPEATED);
      if (uri.equals(TABLE) && name.equals("table-row") && rows > 1) {
        keep(true, Math.min(rows, MOST_ROWS));
        startElement(uri, name, qualified, without(attributes, ROWS_REPEATED));
      } else {
        startOnce(uri, name, qualified, attributes);
      }
    }
  }

  private void startOnce(String uri, String name, String qualified, Attributes attributes)
      throws SAXException {
    int columns = number(attributes, COLUMNS_REPEATED);
    if (uri.equals(TABLE) && name.equals("table-cell") && columns > 1) {
      keep(false, Math.min(columns, MOST_COLUMNS));
      startElement(uri, name, qualified, attributes);
      return;
    }
    if (uri.equals(TABLE) && name.equals("table-row")) {
      row++;
      if (spreadsheet != null) {
        spreadsheet.beginRow(row);
      }
    } else if (uri.equals(TABLE) && name.equals("table") && spreadsheet != null) {
      row = -1;
      heading(String.valueOf(attributes.getValue(TABLE, "name")));
    } else if (uri.equals(OFFICE) && name.equals("annotation")) {
      inAnnotation = true;
      author.setLength(0);
    } else if (inAnnotation && name.equals("creator")) {
      inAuthor = true;
    } else if (inAnnotation && uri.equals(TEXT) && !author.isEmpty()) {
      paragraph("p", author + ":");
      author.setLength(0);
    }
    super.startElement(uri, name, qualified, attributes);
  }

  private void keep(boolean aRow, int count) {
    repeated = new XmlEvents();
    repeatedDepth = 0;
    times = count;
    isRow = aRow;
  }

  private boolean isLeftOut(String uri, String name, Attributes attributes) {
    if (uri.equals(STYLE)) {
      if (name.equals("style")) {
        style = String.valueOf(attributes.getValue(STYLE, "name"));
      } else if (name.equals("text-properties")
          && "none".equals(attributes.getValue(TEXT, "display"))) {
        hiddenStyles.add(style);
      }
      // Headers and footers belong to printed pages. Nobody sees them in a sheet.
      return spreadsheet != null && (name.startsWith("header") || name.startsWith("footer"));
    }
    if (!uri.equals(TEXT)) {
      return false;
    }
    return switch (name) {
      case "tracked-changes" -> true;
      case "hidden-text" -> "true".equals(attributes.getValue(TEXT, "is-hidden"));
      case "span", "p", "h" ->
          hiddenStyles.contains(String.valueOf(attributes.getValue(TEXT, "style-name")));
      default -> false;
    };
  }

  @Override
  public void endElement(String uri, String name, String qualified) throws SAXException {
    if (leftOut > 0) {
      leftOut--;
    } else if (repeated != null) {
      repeated.endElement(uri, name, qualified);
      if (--repeatedDepth == 0) {
        repeat();
      }
    } else {
      inAnnotation &= !(uri.equals(OFFICE) && name.equals("annotation"));
      inAuthor = false;
      super.endElement(uri, name, qualified);
    }
  }

  /**
   * Passes a row or cell on as often as it is repeated; an empty one, which may be repeated a
   * million times, once.
   */
  private void repeat() throws SAXException {
    XmlEvents events = repeated;
    repeated = null;
    if (events == null) {
      return;
    }
    int count = times;
    boolean row = isRow;
    if (row && !events.hasText()) {
      events.sendTo(this);
      this.row += count - 1;
      return;
    }
    if (!row && !events.hasText()) {
      // Tika would take the number of repetitions for the number of columns that the cell spans.
      events.sendTo(getContentHandler());
      return;
    }
    for (int i = 0; i < count; i++) {
      events.sendTo(row ? this : new Single());
    }
  }

  /** Passes a cell on without the number of its repetitions. */
  private final class Single extends XMLFilterImpl {
    @Override
    public void startElement(String uri, String name, String qualified, Attributes attributes)
        throws SAXException {
      OpenDocumentFilter.this.startElement(
          uri, name, qualified, without(attributes, COLUMNS_REPEATED));
    }

    @Override
    public void endElement(String uri, String name, String qualified) throws SAXException {
      OpenDocumentFilter.this.endElement(uri, name, qualified);
    }

    @Override
    public void characters(char[] characters, int start, int length) throws SAXException {
      OpenDocumentFilter.this.characters(characters, start, length);
    }
  }

  @Override
  public void characters(char[] characters, int start, int length) throws SAXException {
    if (leftOut > 0) {
      return;
    }
    if (repeated != null) {
      repeated.characters(characters, start, length);
    } else if (inAuthor) {
      author.append(characters, start, length);
    } else {
      super.characters(characters, start, length);
    }
  }

  private void heading(String text) throws SAXException {
    paragraph("h", text);
  }

  private void paragraph(String name, String text) throws SAXException {
    super.startElement(TEXT, name, "text:" + name, new AttributesImpl());
    super.characters(text.toCharArray(), 0, text.length());
    super.endElement(TEXT, name, "text:" + name);
  }

  private static Attributes without(Attributes attributes, String name) {
    AttributesImpl others = new AttributesImpl(attributes);
    int index = others.getIndex(TABLE, name);
    if (index >= 0) {
      others.removeAttribute(index);
    }
    return others;
  }

  private static int number(Attributes attributes, String name) {
    String value = String.valueOf(attributes.getValue(TABLE, name));
    return value.matches("[0-9]{1,7}") ? Integer.parseInt(value) : 1;
  }
}
