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
 * What the parsers of office files read and Tika looks up in the context; each document, also one
 * within another, has its own.
 *
 * @param xml the XML parser; null: Tika's
 * @param spreadsheet what is known of the sheets; null: it is no spreadsheet
 */
record OfficeContext(
    OfficeParserConfig config, @Nullable SAXParser xml, @Nullable Spreadsheet spreadsheet) {

  /** Reads a document. */
  @FunctionalInterface
  interface Reading {
    void run() throws IOException, SAXException, TikaException;
  }

  /** Reads a document with this in the context, and then restores the context. */
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
