package io.gatehouse.documents;

import io.gatehouse.documents.text.Comments;
import java.util.List;
import java.util.Map;
import org.apache.tika.metadata.Message;
import org.apache.tika.metadata.Metadata;
import org.apache.tika.metadata.TikaCoreProperties;
import org.apache.tika.sax.ContentHandlerDecorator;
import org.apache.tika.sax.XHTMLContentHandler;
import org.xml.sax.Attributes;
import org.xml.sax.ContentHandler;
import org.xml.sax.SAXException;
import org.xml.sax.helpers.AttributesImpl;

/** Puts the headers of a mail of Outlook, which Tika leaves to the metadata, before its text. */
final class OutlookHeaders extends ContentHandlerDecorator {

  private static final List<Map.Entry<String, String>> SHOWN =
      List.of(
          Map.entry("From", Message.MESSAGE_FROM),
          Map.entry("To", Message.MESSAGE_TO),
          Map.entry("Cc", Message.MESSAGE_CC),
          Map.entry("Bcc", Message.MESSAGE_BCC),
          Map.entry("Date", TikaCoreProperties.CREATED.getName()),
          Map.entry("Subject", TikaCoreProperties.TITLE.getName()));

  private final Metadata metadata;

  OutlookHeaders(ContentHandler handler, Metadata metadata) {
    super(handler);
    this.metadata = metadata;
  }

  @Override
  public void startElement(String uri, String name, String qualified, Attributes attributes)
      throws SAXException {
    super.startElement(uri, name, qualified, attributes);
    if (name.equals("body")) {
      for (Map.Entry<String, String> header : SHOWN) {
        String value = value(header.getValue());
        if (!value.isBlank()) {
          line(header.getKey() + ": " + Comments.oneLine(value));
        }
      }
      ignorableWhitespace(new char[] {'\n'}, 0, 1);
    }
  }

  private String value(String name) {
    String value = String.join(", ", metadata.getValues(name));
    String address = String.join(", ", metadata.getValues(Message.MESSAGE_FROM_EMAIL));
    return name.equals(Message.MESSAGE_FROM) && address.contains("@") && !value.contains(address)
        ? value + " <" + address + ">"
        : value;
  }

  private void line(String text) throws SAXException {
    super.startElement(XHTMLContentHandler.XHTML, "p", "p", new AttributesImpl());
    characters(text.toCharArray(), 0, text.length());
    super.endElement(XHTMLContentHandler.XHTML, "p", "p");
    ignorableWhitespace(new char[] {'\n'}, 0, 1);
  }
}
