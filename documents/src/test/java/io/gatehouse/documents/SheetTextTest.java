package io.gatehouse.documents;

import static io.gatehouse.documents.MadeDocument.linesOf;
import static io.gatehouse.documents.MadeDocument.open;
import static io.gatehouse.documents.MadeDocument.textOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.poi.hssf.usermodel.HSSFWorkbook;
import org.apache.poi.ss.usermodel.Cell;
import org.apache.poi.ss.usermodel.ClientAnchor;
import org.apache.poi.ss.usermodel.Comment;
import org.apache.poi.ss.usermodel.Row;
import org.apache.poi.ss.usermodel.Sheet;
import org.apache.poi.ss.usermodel.Workbook;
import org.apache.poi.ss.util.CellAddress;
import org.apache.poi.ss.util.CellRangeAddress;
import org.apache.poi.xssf.usermodel.XSSFWorkbook;
import org.apache.poi.xwpf.usermodel.XWPFDocument;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests that each row of a sheet becomes a line, followed by its comments. */
final class SheetTextTest {

  @TempDir Path directory;

  /** Fills a workbook. */
  @FunctionalInterface
  private interface Filler {
    void fill(Workbook book) throws IOException;
  }

  private Path workbook(String name, Filler filler) throws IOException {
    Path file = directory.resolve(name);
    try (Workbook book = name.endsWith(".xls") ? new HSSFWorkbook() : new XSSFWorkbook();
        OutputStream out = Files.newOutputStream(file)) {
      filler.fill(book);
      book.write(out);
    }
    return file;
  }

  private static void put(Sheet sheet, String cell, String value) {
    cell(sheet, cell).setCellValue(value);
  }

  private static Cell cell(Sheet sheet, String name) {
    CellAddress address = new CellAddress(name);
    Row row = sheet.getRow(address.getRow());
    row = row == null ? sheet.createRow(address.getRow()) : row;
    return row.createCell(address.getColumn());
  }

  private static void comment(Sheet sheet, String cell, String author, String text) {
    CellAddress at = new CellAddress(cell);
    ClientAnchor anchor = sheet.getWorkbook().getCreationHelper().createClientAnchor();
    anchor.setRow1(at.getRow());
    anchor.setRow2(at.getRow() + 2);
    anchor.setCol1(at.getColumn());
    anchor.setCol2(at.getColumn() + 2);
    Comment comment = sheet.createDrawingPatriarch().createCellComment(anchor);
    comment.setAuthor(author);
    comment.setString(sheet.getWorkbook().getCreationHelper().createRichTextString(text));
    comment.setAddress(at);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.xlsx", "a.xls"})
  void keepsRowsWholeAndCommentsBesideThem(String name) throws Exception {
    Path file =
        workbook(
            name,
            book -> {
              Sheet sheet = book.createSheet("Zahlen");
              put(sheet, "A1", "a");
              put(sheet, "A2", "b");
              cell(sheet, "B2").setCellValue(2);
              put(sheet, "C3", "third");
              put(sheet, "A5", "two\nlines");
              put(sheet, "B5", "with\ttab");
              comment(sheet, "A2", "Ann", "Ann:\nfirst\nsecond");
              comment(sheet, "D7", "Bob", "on an empty cell");
              put(sheet, "A8", "after");
              Sheet other = book.createSheet("Zwei");
              put(other, "B2", "z");
              comment(other, "B2", "", "nobody's");
              comment(other, "A9", "Cy", "below all");
            });
    assertThat(linesOf(file).lines())
        .containsExactly(
            "Zahlen",
            "a",
            "b\t2",
            "[comment on A2, Ann: first second]",
            "\t\tthird",
            "two lines\twith tab",
            "[comment on D7, Bob: on an empty cell]",
            "after",
            "Zwei",
            "\tz",
            "[comment on B2, nobody's]",
            "[comment on A9, Cy: below all]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.xlsx", "a.xls"})
  void keepsThePlaceOfEmptyAndMergedCells(String name) throws Exception {
    Path file =
        workbook(
            name,
            book -> {
              Sheet sheet = book.createSheet("S");
              put(sheet, "A1", "wide");
              sheet.addMergedRegion(CellRangeAddress.valueOf("A1:B1"));
              put(sheet, "C1", "c");
              put(sheet, "B2", "only");
              cell(sheet, "C2").setBlank();
              put(sheet, "A4", "=no formula");
              cell(sheet, "B4").setCellFormula("1+1");
              book.getCreationHelper().createFormulaEvaluator().evaluateAll();
            });
    assertThat(textOf(file)).startsWith("S\nwide\t\tc\n\tonly\n").contains("=no formula\t2");
  }

  /** A filter hides rows that the sums next to them still count. */
  @ParameterizedTest
  @ValueSource(strings = {"a.xlsx", "a.xls"})
  void readsHiddenRowsAndSheets(String name) throws Exception {
    Path file =
        workbook(
            name,
            book -> {
              Sheet sheet = book.createSheet("S");
              put(sheet, "A1", "one");
              put(sheet, "A2", "filtered");
              sheet.getRow(1).setZeroHeight(true);
              put(book.createSheet("Lists"), "A1", "choice");
              book.setSheetHidden(1, true);
            });
    assertThat(linesOf(file)).isEqualTo("S\none\nfiltered\nLists\nchoice");
  }

  @Test
  void readsAConversationAsItsText() throws Exception {
    Path file =
        workbook(
            "a.xlsx",
            book -> {
              Sheet sheet = book.createSheet("S");
              put(sheet, "A1", "a");
              String advice = "[Threaded comment]\n\nYour version of Excel allows this.\n\n";
              String text = advice + "Comment:\n    why?\nReply:\n    because";
              comment(sheet, "A1", "tc={12345}", text);
            });
    assertThat(linesOf(file)).isEqualTo("S\na\n[comment on A1, Comment: why? Reply: because]");
  }

  @Test
  void readsSheetsOfLibreOffice() throws Exception {
    String p = "<text:p>";
    String row = "<table:table-row><table:table-cell>" + p + "a</text:p></table:table-cell>";
    String body =
        "<table:table table:name='Zahlen'>"
            + row
            + "<table:table-cell table:number-columns-repeated='2'>"
            + p
            + "5</text:p></table:table-cell>"
            + "<table:table-cell/><table:table-cell>"
            + p
            + "e1</text:p>"
            + p
            + "e2</text:p>"
            + "</table:table-cell><table:table-cell table:number-columns-repeated='16379'/>"
            + "</table:table-row>"
            + row.replace("table-row>", "table-row table:number-rows-repeated='2'>")
            + "</table:table-row><table:table-row"
            + " table:number-rows-repeated='5'><table:table-cell/></table:table-row>"
            + row.replace(
                p,
                "<office:annotation><dc:creator>Ann</dc:creator>"
                    + p
                    + "why?</text:p>"
                    + "</office:annotation>"
                    + p)
            + "<table:table-cell table:number-columns-spanned='2'>"
            + p
            + "wide</text:p></table:table-cell>"
            + "<table:covered-table-cell/><table:table-cell>"
            + p
            + "d</text:p></table:table-cell>"
            + "</table:table-row>"
            + "<table:table-row table:number-rows-repeated='1048567'><table:table-cell"
            + " table:number-columns-repeated='16384'/></table:table-row></table:table>"
            + "<table:table table:name='Zwei'>"
            + row
            + "</table:table-row></table:table>";
    assertThat(linesOf(open(directory.resolve("a.ods"), "spreadsheet", "", body)))
        .isEqualTo(
            "Zahlen\na\t5\t5\t\te1 e2\na\na\na\twide\t\td\n[comment on A9, Ann: why?]\nZwei\na");
  }

  /** A million rows that repeat one row, and a million of a cell that spans all columns. */
  @Test
  void doesNotGrowWithWhatIsRepeated() throws Exception {
    String cell =
        "<table:table-cell table:number-columns-repeated='16384'><text:p>" + "x".repeat(100);
    String body =
        "<table:table table:name='S'><table:table-row table:number-rows-repeated='1048576'>"
            + cell
            + "</text:p></table:table-cell></table:table-row></table:table>";
    Path file = open(directory.resolve("bomb.ods"), "spreadsheet", "", body);
    // Tika refuses an archive that grows more than a hundredfold.
    assertThatThrownBy(() -> textOf(file)).isInstanceOf(UnreadableException.class);
    String empty =
        "<table:table table:name='S'><table:table-row"
            + " table:number-rows-repeated='1048576'><table:table-cell"
            + " table:number-columns-repeated='16384'/></table:table-row></table:table>";
    assertThat(linesOf(open(directory.resolve("empty.ods"), "spreadsheet", "", empty)))
        .isEqualTo("S");
  }

  @Test
  void readsASheetWithinAWordDocument() throws Exception {
    Path sheet = workbook("in.xlsx", book -> put(book.createSheet("S"), "B1", "cell"));
    Path file = directory.resolve("a.docx");
    try (XWPFDocument document = new XWPFDocument();
        OutputStream out = Files.newOutputStream(file)) {
      document.createParagraph().createRun().setText("text");
      var part =
          document
              .getPackage()
              .createPart(
                  org.apache.poi.openxml4j.opc.PackagingURIHelper.createPartName(
                      "/word/embeddings/a.xlsx"),
                  "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet");
      try (OutputStream embedded = part.getOutputStream()) {
        Files.copy(sheet, embedded);
      }
      document
          .getPackagePart()
          .addRelationship(
              part.getPartName(),
              org.apache.poi.openxml4j.opc.TargetMode.INTERNAL,
              "http://schemas.openxmlformats.org/officeDocument/2006/relationships/package");
      document.write(out);
    }
    assertThat(textOf(file)).contains("text").contains("\n\tcell\n");
  }
}
