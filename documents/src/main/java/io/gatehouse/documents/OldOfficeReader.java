package io.gatehouse.documents;

import io.gatehouse.documents.text.Spreadsheet;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import org.apache.tika.exception.TikaException;
import org.apache.tika.io.TemporaryResources;
import org.apache.tika.io.TikaInputStream;
import org.apache.tika.metadata.Metadata;
import org.apache.tika.mime.MediaType;
import org.apache.tika.parser.ParseContext;
import org.apache.tika.parser.microsoft.OfficeParser;
import org.apache.tika.parser.microsoft.OfficeParserConfig;
import org.xml.sax.ContentHandler;
import org.xml.sax.SAXException;

/** Reads the formats of Office before 2007, and Outlook's mails, as they are shown. */
final class OldOfficeReader extends OfficeParser {

  private static final long serialVersionUID = 1L;

  private static final MediaType EXCEL = MediaType.application("vnd.ms-excel");
  private static final MediaType OUTLOOK = MediaType.application("vnd.ms-outlook");

  @Override
  public void parse(
      InputStream stream, ContentHandler handler, Metadata metadata, ParseContext context)
      throws IOException, SAXException, TikaException {
    String type = String.valueOf(metadata.get(Metadata.CONTENT_TYPE));
    try (TemporaryResources temporary = new TemporaryResources()) {
      TikaInputStream in = TikaInputStream.get(stream, temporary, metadata);
      OfficeParserConfig config = new OfficeParserConfig();
      // Empty rows are read as well, so that rows can be counted.
      config.setIncludeMissingRows(true);
      config.setWriteSelectHeadersInBody(false);
      Spreadsheet spreadsheet = type.equals(EXCEL.toString()) ? spreadsheet(in.getPath()) : null;
      ContentHandler shown =
          type.equals(OUTLOOK.toString()) ? new OutlookHeaders(handler, metadata) : handler;
      new OfficeContext(config, null, spreadsheet)
          .during(context, () -> super.parse(in, shown, metadata, context));
    }
  }

  private static Spreadsheet spreadsheet(Path file) {
    Spreadsheet spreadsheet = new Spreadsheet(true);
    try {
      SheetComments.readWorkbook(file, spreadsheet);
    } catch (IOException | RuntimeException unreadable) {
      // The cells are read without their comments. The parser reports if they cannot be read
      // either.
    }
    return spreadsheet;
  }
}
