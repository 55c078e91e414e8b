package io.gatehouse.documents;

import java.util.ArrayList;
import java.util.List;
import org.xml.sax.Attributes;
import org.xml.sax.ContentHandler;
import org.xml.sax.SAXException;
import org.xml.sax.helpers.AttributesImpl;
import org.xml.sax.helpers.DefaultHandler;

/** Elements and text that are kept until it is known whether, and how often, they are passed on. */
final class XmlEvents extends DefaultHandler {

  private final List<Event> events = new ArrayList<>();
  private boolean hasText;

  /** One event: the begin or the end of an element, or text. */
  @FunctionalInterface
  private interface Event {
    void sendTo(ContentHandler handler) throws SAXException;
  }

  @Override
  public void startElement(String uri, String name, String qualified, Attributes attributes) {
    Attributes kept = new AttributesImpl(attributes);
    events.add(handler -> handler.startElement(uri, name, qualified, kept));
  }

  @Override
  public void endElement(String uri, String name, String qualified) {
    events.add(handler -> handler.endElement(uri, name, qualified));
  }

  @Override
  public void characters(char[] characters, int start, int length) {
    char[] kept = java.util.Arrays.copyOfRange(characters, start, start + length);
    hasText |= !new String(kept).isBlank();
    events.add(handler -> handler.characters(kept, 0, kept.length));
  }

  boolean hasText() {
    return hasText;
  }

  void sendTo(ContentHandler handler) throws SAXException {
    for (Event event : events) {
      event.sendTo(handler);
    }
  }
}
