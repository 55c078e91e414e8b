package io.gatehouse.documents;

import io.gatehouse.documents.text.Spreadsheet;
import org.apache.poi.ss.util.CellAddress;
import org.xml.sax.Attributes;
import org.xml.sax.SAXException;
import org.xml.sax.helpers.XMLFilterImpl;

/**
 * Tells where each row and cell of a sheet of Excel is, which Tika does not pass on: it leaves out
 * empty rows, and before a cell it may put an empty one that has a comment in another row.
 */
final class SheetRows extends XMLFilterImpl {

  private final Spreadsheet spreadsheet;

  SheetRows(Spreadsheet spreadsheet) {
    super();
    this.spreadsheet = spreadsheet;
  }

  @Override
  public void startElement(String uri, String name, String qualified, Attributes attributes)
      throws SAXException {
    if (name.equals("row")) {
      String number = String.valueOf(attributes.getValue("r"));
      // Rows without a number follow one another.
      spreadsheet.beginRow(
          number.matches("[0-9]{1,7}") ? Integer.parseInt(number) - 1 : spreadsheet.row() + 1);
      spreadsheet.beginCell(-1);
    } else if (name.equals("c")) {
      String cell = String.valueOf(attributes.getValue("r"));
      spreadsheet.beginCell(
          cell.matches("[A-Z]{1,3}[0-9]{1,7}")
              ? new CellAddress(cell).getColumn()
              : spreadsheet.column() + 1);
    }
    super.startElement(uri, name, qualified, attributes);
  }
}
