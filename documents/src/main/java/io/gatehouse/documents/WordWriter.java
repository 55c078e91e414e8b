package io.gatehouse.documents;

import java.util.function.Supplier;
import org.xml.sax.ContentHandler;
import org.xml.sax.SAXException;
import org.xml.sax.helpers.AttributesImpl;

/** Writes elements of Word that are not in the document, beside those that are. */
final class WordWriter {

  private final Supplier<ContentHandler> out;

  /** The namespace of the last element of the document, which added elements get as well. */
  private String namespace = "";

  private String prefix = "";

  WordWriter(Supplier<ContentHandler> out) {
    this.out = out;
  }

  /** Takes the namespace of an element of the document. */
  void follow(String uri, String name, String qualified) {
    namespace = uri;
    prefix = qualified.substring(0, qualified.length() - name.length());
  }

  void start(String name) throws SAXException {
    out.get().startElement(namespace, name, prefix + name, new AttributesImpl());
  }

  void end(String name) throws SAXException {
    out.get().endElement(namespace, name, prefix + name);
  }

  /** Writes a text within a run. */
  void text(String text) throws SAXException {
    start("t");
    out.get().characters(text.toCharArray(), 0, text.length());
    end("t");
  }

  /** Writes so many empty cells of a row. */
  void emptyCells(int count) throws SAXException {
    for (int i = 0; i < count; i++) {
      start("tc");
      end("tc");
    }
  }
}
