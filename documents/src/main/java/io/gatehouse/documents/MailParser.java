package io.gatehouse.documents;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.james.mime4j.codec.DecodeMonitor;
import org.apache.james.mime4j.codec.DecoderUtil;
import org.apache.james.mime4j.dom.Body;
import org.apache.james.mime4j.dom.Entity;
import org.apache.james.mime4j.dom.Message;
import org.apache.james.mime4j.dom.Multipart;
import org.apache.james.mime4j.dom.SingleBody;
import org.apache.james.mime4j.dom.field.ContentTypeField;
import org.apache.james.mime4j.message.DefaultMessageBuilder;
import org.apache.james.mime4j.stream.Field;
import org.apache.james.mime4j.stream.MimeConfig;
import org.apache.tika.exception.TikaException;
import org.apache.tika.extractor.EmbeddedDocumentExtractor;
import org.apache.tika.extractor.EmbeddedDocumentUtil;
import org.apache.tika.io.TikaInputStream;
import org.apache.tika.metadata.Metadata;
import org.apache.tika.metadata.TikaCoreProperties;
import org.apache.tika.mime.MediaType;
import org.apache.tika.parser.ParseContext;
import org.apache.tika.parser.Parser;
import org.apache.tika.parser.html.JSoupParser;
import org.apache.tika.sax.BodyContentHandler;
import org.apache.tika.sax.EmbeddedContentHandler;
import org.apache.tika.sax.XHTMLContentHandler;
import org.xml.sax.ContentHandler;
import org.xml.sax.SAXException;

/**
 * Reads a mail as a mail program shows it: the headers that matter, the text once, and the
 * attachments by name, with their text.
 *
 * <p>Tika's own parser of mails guesses the charset of a text even if the text declares it, and
 * puts the headers into the metadata only. So the parts are taken from Mime4j, which Tika uses as
 * well.
 */
final class MailParser implements Parser {

  private static final long serialVersionUID = 1L;

  private static final MediaType TYPE = MediaType.parse("message/rfc822");
  private static final List<String> SHOWN = List.of("From", "To", "Cc", "Bcc", "Date", "Subject");

  /**
   * The deepest nesting that is read: messages within messages, and multiparts within multiparts.
   */
  private static final int DEEPEST = 20;

  /** The most characters of a header. A mail to thousands of people has that many. */
  private static final int LONGEST_HEADER = 1_000_000;

  private static final int MOST_HEADERS = 10_000;

  @Override
  public Set<MediaType> getSupportedTypes(ParseContext context) {
    return Set.of(TYPE);
  }

  @Override
  public void parse(
      InputStream stream, ContentHandler handler, Metadata metadata, ParseContext context)
      throws IOException, SAXException, TikaException {
    DefaultMessageBuilder builder = new DefaultMessageBuilder();
    builder.setMimeEntityConfig(
        MimeConfig.custom()
            .setMaxLineLen(-1)
            .setMaxHeaderLen(LONGEST_HEADER)
            .setMaxHeaderCount(MOST_HEADERS)
            .build());
    XHTMLContentHandler xhtml = new XHTMLContentHandler(handler, metadata);
    xhtml.startDocument();
    Message message = builder.parseMessage(stream);
    try {
      new Rendering(xhtml, context).message(message, 0);
    } finally {
      message.dispose();
    }
    xhtml.endDocument();
  }

  /** Writes one mail. */
  private record Rendering(XHTMLContentHandler xhtml, ParseContext context) {

    void message(Entity message, int depth) throws IOException, SAXException, TikaException {
      for (String name : SHOWN) {
        for (Field field : message.getHeader().getFields(name)) {
          xhtml.element("p", name + ": " + value(field));
        }
      }
      // An empty line separates the headers from the text.
      xhtml.newline();
      part(message, depth);
    }

    private void part(Entity part, int depth) throws IOException, SAXException, TikaException {
      if (depth > DEEPEST) {
        throw new TikaException(
            "the parts of a mail are nested more than " + DEEPEST + " levels deep");
      }
      Body body = part.getBody();
      if (body instanceof Multipart multipart) {
        multipart(multipart, depth + 1);
      } else if (body instanceof Message forwarded) {
        xhtml.element("p", "[attached message]");
        message(forwarded, depth + 1);
      } else if (body instanceof SingleBody single) {
        if (isShown(part)) {
          text(part, bytes(single));
        } else {
          attachment(part, single);
        }
      }
    }

    private void multipart(Multipart multipart, int depth)
        throws IOException, SAXException, TikaException {
      List<Entity> parts = multipart.getBodyParts();
      switch (multipart.getSubType().toLowerCase(Locale.ROOT)) {
        case "alternative" -> {
          Optional<Entity> best = best(parts);
          if (best.isPresent()) {
            part(best.get(), depth);
          }
        }
        case "related" -> {
          for (int i = 0; i < parts.size(); i++) {
            // The other parts are the pictures that the first part shows.
            if (i == 0 || parts.get(i).getHeader().getField("Content-ID") == null) {
              part(parts.get(i), depth);
            }
          }
        }
        default -> {
          for (Entity each : parts) {
            part(each, depth);
          }
        }
      }
    }

    /** Returns the last alternative that can be shown (RFC 2046, 5.1.4). */
    private static Optional<Entity> best(List<Entity> parts) {
      return parts.reversed().stream()
          .filter(part -> part.getBody() instanceof Multipart || isText(part))
          .findFirst()
          .or(() -> parts.stream().findFirst());
    }

    private static boolean isText(Entity part) {
      return Set.of("text/plain", "text/html").contains(type(part));
    }

    private static String type(Entity part) {
      return part.getMimeType().toLowerCase(Locale.ROOT);
    }

    private static boolean isShown(Entity part) {
      return !"attachment".equalsIgnoreCase(part.getDispositionType())
          && (isText(part)
              || Set.of("text/rfc822-headers", "message/delivery-status").contains(type(part)));
    }

    private static byte[] bytes(SingleBody body) throws IOException {
      try (InputStream in = body.getInputStream()) {
        return in.readAllBytes();
      }
    }

    private void text(Entity part, byte[] bytes) throws IOException, SAXException, TikaException {
      String charset = Optional.ofNullable(part.getCharset()).orElse("");
      if (type(part).equals("text/html")) {
        ContentHandler inner = new EmbeddedContentHandler(new BodyContentHandler(xhtml));
        JSoupParser html = new JSoupParser();
        if (MailCharset.isDeclared(charset)) {
          html.parseString(MailCharset.decode(bytes, charset), inner, new Metadata(), context);
        } else {
          try (TikaInputStream in = TikaInputStream.get(bytes)) {
            html.parse(in, inner, new Metadata(), context);
          }
        }
      } else {
        xhtml.element("p", MailCharset.decode(bytes, charset).replace("\r\n", "\n"));
      }
    }

    private void attachment(Entity part, SingleBody body) throws IOException, SAXException {
      Metadata metadata = new Metadata();
      String name = name(part);
      String shown = name.isBlank() ? type(part) : decoded(name);
      xhtml.element("p", "[attachment: " + shown + "]");
      metadata.set(TikaCoreProperties.RESOURCE_NAME_KEY, shown);
      metadata.set(Metadata.CONTENT_TYPE, type(part));
      EmbeddedDocumentExtractor extractor =
          EmbeddedDocumentUtil.getEmbeddedDocumentExtractor(context);
      if (extractor.shouldParseEmbedded(metadata)) {
        try (TikaInputStream in = TikaInputStream.get(bytes(body))) {
          extractor.parseEmbedded(in, xhtml, metadata, false);
        }
      }
    }

    /** The name in Content-Disposition, or in Content-Type, where older programs put it. */
    private static String name(Entity part) {
      String type =
          part.getHeader().getField("Content-Type") instanceof ContentTypeField field
              ? field.getParameter("name")
              : null;
      return Optional.ofNullable(part.getFilename()).or(() -> Optional.ofNullable(type)).orElse("");
    }

    /**
     * The value of a header as it is shown: on one line, with its encoded words (RFC 2047) decoded.
     */
    private static String value(Field field) {
      byte[] raw =
          field.getRaw() == null
              ? (field.getName() + ":" + field.getBody()).getBytes(StandardCharsets.UTF_8)
              : field.getRaw().toByteArray();
      String text = MailCharset.decode(raw, "");
      return decoded(text.substring(text.indexOf(':') + 1));
    }

    private static String decoded(String value) {
      String line = value.lines().map(String::strip).collect(Collectors.joining(" ")).strip();
      try {
        return DecoderUtil.decodeEncodedWords(line, DecodeMonitor.SILENT).strip();
      } catch (IllegalArgumentException unknownCharset) {
        return line;
      }
    }
  }
}
