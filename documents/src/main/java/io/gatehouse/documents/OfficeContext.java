package io.gatehouse.documents;

import io.gatehouse.documents.text.Spreadsheet;
import java.io.IOException;
import javax.xml.parsers.SAXParser;
import org.apache.tika.exception.TikaException;
import org.apache.tika.parser.ParseContext;
import org.apache.tika.parser.microsoft.OfficeParserConfig;
import org.jspecify.annotations.Nullable;
import org.xml.sax.SAXException;

/**
 * The settings that Tika's parsers of office files find in the parse context. Each document has its
 * own, also a document within another document.
 *
 * @param xml the XML parser; null for Tika's own
 * @param spreadsheet the facts about the sheets; null if the document is no spreadsheet
 */
record OfficeContext(
    OfficeParserConfig config, @Nullable SAXParser xml, @Nullable Spreadsheet spreadsheet) {

  /** Reads a document. */
  @FunctionalInterface
  interface Reading {
    void run() throws IOException, SAXException, TikaException;
  }

  /** Reads a document with these settings in the context, and then restores the context. */
  void during(ParseContext context, Reading reading)
      throws IOException, SAXException, TikaException {
    OfficeContext before =
        new OfficeContext(
            context.get(OfficeParserConfig.class, new OfficeParserConfig()),
            context.get(SAXParser.class),
            context.get(Spreadsheet.class));
    put(context);
    try {
      reading.run();
    } finally {
      before.put(context);
    }
  }

  private void put(ParseContext context) {
    context.set(OfficeParserConfig.class, config);
    context.set(SAXParser.class, xml);
    context.set(Spreadsheet.class, spreadsheet);
  }
}
