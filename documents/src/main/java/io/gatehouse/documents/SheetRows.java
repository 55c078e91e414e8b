package io.gatehouse.documents;

import io.gatehouse.documents.text.Spreadsheet;
import org.apache.poi.ss.util.CellAddress;
import org.xml.sax.Attributes;
import org.xml.sax.SAXException;
import org.xml.sax.helpers.XMLFilterImpl;

/**
 * Tells {@link Spreadsheet} the place of each row and cell of an Excel sheet. Tika does not pass
 * these places on: it leaves out empty rows, and before a cell it may put an empty cell that has a
 * comment in another row.
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
      // A row without a number follows the row before it.
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
