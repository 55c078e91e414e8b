package io.gatehouse.documents;

import io.gatehouse.documents.text.Spreadsheet;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashSet;
import java.util.Set;
import org.apache.tika.exception.TikaException;
import org.apache.tika.metadata.Metadata;
import org.apache.tika.parser.ParseContext;
import org.apache.tika.parser.microsoft.OfficeParserConfig;
import org.apache.tika.parser.odf.OpenDocumentParser;
import org.xml.sax.ContentHandler;
import org.xml.sax.SAXException;

/** Reads the formats of LibreOffice, as they are shown. */
final class OpenDocumentReader extends OpenDocumentParser {

  private static final long serialVersionUID = 1L;

  @Override
  public void parse(
      InputStream stream, ContentHandler handler, Metadata metadata, ParseContext context)
      throws IOException, SAXException, TikaException {
    boolean sheets = String.valueOf(metadata.get(Metadata.CONTENT_TYPE)).contains("spreadsheet");
    Spreadsheet spreadsheet = sheets ? new Spreadsheet(false) : null;
    Set<String> hiddenStyles = new HashSet<>();
    FilteredXml xml = new FilteredXml(() -> new OpenDocumentFilter(spreadsheet, hiddenStyles));
    new OfficeContext(new OfficeParserConfig(), xml, spreadsheet)
        .during(context, () -> super.parse(stream, handler, metadata, context));
  }
}
