package io.gatehouse.documents;

import io.gatehouse.documents.text.Spreadsheet;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.apache.poi.openxml4j.exceptions.OpenXML4JException;
import org.apache.tika.exception.TikaException;
import org.apache.tika.io.TemporaryResources;
import org.apache.tika.io.TikaInputStream;
import org.apache.tika.metadata.Metadata;
import org.apache.tika.parser.ParseContext;
import org.apache.tika.parser.microsoft.OfficeParserConfig;
import org.apache.tika.parser.microsoft.ooxml.OOXMLParser;
import org.jspecify.annotations.Nullable;
import org.xml.sax.ContentHandler;
import org.xml.sax.SAXException;

/** Reads the formats of Office 2007 and newer, as they are shown. */
final class PackageReader extends OOXMLParser {

  private static final long serialVersionUID = 1L;

  @Override
  public void parse(
      InputStream stream, ContentHandler handler, Metadata metadata, ParseContext context)
      throws IOException, SAXException, TikaException {
    try (TemporaryResources temporary = new TemporaryResources()) {
      TikaInputStream in = TikaInputStream.get(stream, temporary, metadata);
      OfficeParserConfig config = new OfficeParserConfig();
      // The extractor that reads XML piece by piece, which the filters see.
      config.setUseSAXDocxExtractor(true);
      Spreadsheet spreadsheet = spreadsheet(in.getPath());
      WordParts word = new WordParts();
      FilteredXml xml =
          new FilteredXml(
              () -> spreadsheet == null ? new WordRevisions(word) : new SheetRows(spreadsheet));
      new OfficeContext(config, xml, spreadsheet)
          .during(context, () -> super.parse(in, handler, metadata, context));
    }
  }

  private static @Nullable Spreadsheet spreadsheet(Path file) throws IOException {
    List<String> parts;
    try (ZipFile zip = new ZipFile(file.toFile())) {
      parts = zip.stream().map(ZipEntry::getName).toList();
    } catch (IOException damaged) {
      // The parser reports what it could not read.
      return null;
    }
    if (parts.stream().noneMatch(part -> part.startsWith("xl/"))) {
      return null;
    }
    Spreadsheet spreadsheet = new Spreadsheet(false);
    if (parts.stream().anyMatch(part -> part.contains("comment"))) {
      try {
        SheetComments.readPackage(file, parts.contains("xl/workbook.bin"), spreadsheet);
      } catch (OpenXML4JException | RuntimeException unreadable) {
        // The cells are read without their comments, which is better than no cells.
      }
    }
    return spreadsheet;
  }
}
