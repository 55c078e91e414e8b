package io.gatehouse.documents;

import io.gatehouse.documents.text.Spreadsheet;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.poi.hssf.eventusermodel.HSSFEventFactory;
import org.apache.poi.hssf.eventusermodel.HSSFListener;
import org.apache.poi.hssf.eventusermodel.HSSFRequest;
import org.apache.poi.hssf.record.BOFRecord;
import org.apache.poi.hssf.record.BoundSheetRecord;
import org.apache.poi.hssf.record.CommonObjectDataSubRecord;
import org.apache.poi.hssf.record.NoteRecord;
import org.apache.poi.hssf.record.ObjRecord;
import org.apache.poi.hssf.record.Record;
import org.apache.poi.hssf.record.SubRecord;
import org.apache.poi.hssf.record.TextObjectRecord;
import org.apache.poi.openxml4j.exceptions.OpenXML4JException;
import org.apache.poi.openxml4j.opc.OPCPackage;
import org.apache.poi.openxml4j.opc.PackageAccess;
import org.apache.poi.poifs.filesystem.POIFSFileSystem;
import org.apache.poi.ss.util.CellAddress;
import org.apache.poi.xssf.binary.XSSFBCommentsTable;
import org.apache.poi.xssf.eventusermodel.XSSFBReader;
import org.apache.poi.xssf.eventusermodel.XSSFReader;
import org.apache.poi.xssf.model.Comments;
import org.apache.poi.xssf.usermodel.XSSFComment;

/** Finds the comments of a spreadsheet's cells, which Tika does not tell the cells of. */
final class SheetComments {

  private SheetComments() {}

  /** Adds the comments of a workbook of Excel 2007 or newer. */
  static void readPackage(Path file, boolean binary, Spreadsheet into)
      throws IOException, OpenXML4JException {
    try (OPCPackage opened = OPCPackage.open(file.toFile(), PackageAccess.READ)) {
      XSSFReader reader = binary ? new XSSFBReader(opened) : new XSSFReader(opened);
      Iterator<InputStream> sheets = reader.getSheetsData();
      while (sheets.hasNext()) {
        sheets.next().close();
        if (sheets instanceof XSSFBReader.SheetIterator sheet) {
          XSSFBCommentsTable comments = sheet.getXSSFBSheetComments();
          if (comments != null) {
            comments
                .getAddresses()
                .forEach(cell -> add(into, sheet.getSheetName(), cell, comments.get(cell)));
          }
        } else if (sheets instanceof XSSFReader.SheetIterator sheet) {
          Comments comments = sheet.getSheetComments();
          if (comments != null) {
            comments
                .getCellAddresses()
                .forEachRemaining(
                    cell -> add(into, sheet.getSheetName(), cell, comments.findCellComment(cell)));
          }
        }
      }
    }
  }

  private static void add(Spreadsheet into, String sheet, CellAddress cell, XSSFComment comment) {
    into.addComment(
        sheet, cell, String.valueOf(comment.getAuthor()), comment.getString().getString());
  }

  /** Adds the comments of a workbook of Excel 97 to 2003. */
  static void readWorkbook(Path file, Spreadsheet into) throws IOException {
    HSSFRequest request = new HSSFRequest();
    Collector collector = new Collector(into);
    for (short record :
        List.of(
            BOFRecord.sid,
            BoundSheetRecord.sid,
            ObjRecord.sid,
            TextObjectRecord.sid,
            NoteRecord.sid)) {
      request.addListener(collector, record);
    }
    try (POIFSFileSystem opened = new POIFSFileSystem(file.toFile(), true)) {
      new HSSFEventFactory().processWorkbookEvents(request, opened);
    }
  }

  /** The text of a comment comes with its shape, and the cell later, with the shape's number. */
  private static final class Collector implements HSSFListener {

    private final Spreadsheet into;
    private final List<String> sheets = new ArrayList<>();
    private final Map<Integer, String> texts = new HashMap<>();
    private int sheet = -1;
    private int shape;

    Collector(Spreadsheet into) {
      this.into = into;
    }

    @Override
    public void processRecord(Record record) {
      switch (record) {
        case BoundSheetRecord named -> sheets.add(named.getSheetname());
        case BOFRecord begin -> {
          if (begin.getType() == BOFRecord.TYPE_WORKSHEET) {
            sheet++;
            texts.clear();
          }
        }
        case ObjRecord object -> {
          for (SubRecord part : object.getSubRecords()) {
            if (part instanceof CommonObjectDataSubRecord common) {
              shape = common.getObjectId();
            }
          }
        }
        case TextObjectRecord text -> texts.put(shape, text.getStr().getString());
        case NoteRecord note -> {
          String text = texts.get(note.getShapeId());
          if (text != null && sheet >= 0 && sheet < sheets.size()) {
            into.addComment(
                sheets.get(sheet),
                new CellAddress(note.getRow(), note.getColumn()),
                String.valueOf(note.getAuthor()),
                text);
          }
        }
        default -> {}
      }
    }
  }
}
