package io.gatehouse.documents;

import io.gatehouse.documents.text.BoundedWriter;
import io.gatehouse.documents.text.PlainText;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.apache.tika.detect.DefaultDetector;
import org.apache.tika.detect.Detector;
import org.apache.tika.exception.EncryptedDocumentException;
import org.apache.tika.exception.TikaException;
import org.apache.tika.exception.ZeroByteFileException;
import org.apache.tika.io.TikaInputStream;
import org.apache.tika.metadata.Metadata;
import org.apache.tika.metadata.TikaCoreProperties;
import org.apache.tika.mime.MediaType;
import org.apache.tika.parser.AutoDetectParser;
import org.apache.tika.parser.ErrorParser;
import org.apache.tika.parser.ParseContext;
import org.apache.tika.parser.Parser;
import org.apache.tika.parser.epub.EpubParser;
import org.apache.tika.parser.html.HtmlMapper;
import org.apache.tika.parser.html.JSoupParser;
import org.apache.tika.parser.pdf.PDFParser;
import org.apache.tika.parser.txt.TXTParser;
import org.apache.tika.sax.BodyContentHandler;
import org.apache.tika.sax.SecureContentHandler;
import org.xml.sax.ContentHandler;
import org.xml.sax.SAXException;

/** Extracts the text of a document with Apache Tika. */
final class DocumentText {

  /**
   * The longest text, in characters. A model cannot use a longer text, and the gateway accepts all
   * bytes of this one.
   */
  private static final int MOST = 10_000_000;

  private DocumentText() {}

  /**
   * The parsers of text formats. Parsers that run other programs or look at pictures are left out.
   */
  static Parser[] readers() {
    return new Parser[] {
      new PDFParser(),
      new OldOfficeReader(),
      new PackageReader(),
      new RtfReader(),
      new OpenDocumentReader(),
      new EpubParser(),
      new MailParser(),
      new MailboxParser(),
      new JSoupParser(),
      new TXTParser()
    };
  }

  /**
   * Writes the text as UTF-8.
   *
   * @throws UnreadableException if no text can be extracted from the document
   */
  static void write(Path file, OutputStream out) throws IOException, UnreadableException {
    Writer writer = new OutputStreamWriter(out, StandardCharsets.UTF_8);
    write(file, writer, MOST);
    writer.flush();
  }

  static void write(Path file, Writer writer, int most) throws IOException, UnreadableException {
    ParseContext context = new ParseContext();
    context.set(HtmlMapper.class, new TableHtml());
    BoundedWriter text = new BoundedWriter(writer, most);
    if (!Files.isReadable(file)) {
      throw new UnreadableException("The document may not be read by this account");
    }
    try {
      parse(file, new BodyContentHandler(new PlainText(text, context)), context);
    } catch (ZeroByteFileException empty) {
      // A document without content has an empty text.
    } catch (EncryptedDocumentException encrypted) {
      throw new UnreadableException(
          "The document is encrypted; remove its password, then try again", encrypted);
    } catch (TikaException | SAXException | IOException failure) {
      if (!text.isExceeded()) {
        throw new UnreadableException(
            "The document is damaged, or not of the type that its name says", failure);
      }
    }
    if (text.isExceeded()) {
      throw new UnreadableException("The document has more than " + most + " characters of text");
    }
  }

  private static void parse(Path file, ContentHandler handler, ParseContext context)
      throws IOException, SAXException, TikaException {
    Metadata metadata = new Metadata();
    metadata.set(TikaCoreProperties.RESOURCE_NAME_KEY, String.valueOf(file.getFileName()));
    try (TikaInputStream in = TikaInputStream.get(file)) {
      Optional<Parser> parser = QuickFormats.parser(in, metadata);
      if (parser.isPresent()) {
        context.set(Parser.class, new EmbeddedParser());
        parseWithinBounds(parser.get(), in, handler, metadata, context);
        return;
      }
    }
    try (TikaInputStream in = TikaInputStream.get(file)) {
      Detector detector = new DefaultDetector();
      AutoDetectParser parser = new AutoDetectParser(detector, readers());
      // A file in a format that no parser knows must not be read as an empty text. A picture inside
      // a document may be.
      parser.setFallback(ErrorParser.INSTANCE);
      context.set(Parser.class, new AutoDetectParser(detector, readers()));
      parser.parse(in, handler, metadata, context);
    }
  }

  /** Parses with the bounds of AutoDetectParser: for the depth of the output, and its size. */
  private static void parseWithinBounds(
      Parser parser,
      TikaInputStream in,
      ContentHandler handler,
      Metadata metadata,
      ParseContext context)
      throws IOException, SAXException, TikaException {
    SecureContentHandler bounded = new SecureContentHandler(handler, in);
    try {
      parser.parse(in, bounded, metadata, context);
    } catch (SAXException failure) {
      bounded.throwIfCauseOf(failure);
      throw failure;
    }
  }

  /** Parses documents within a document. Tika's detector is made for the first of them. */
  private static final class EmbeddedParser implements Parser {

    private static final long serialVersionUID = 1L;

    @Override
    public Set<MediaType> getSupportedTypes(ParseContext context) {
      return Set.of();
    }

    @Override
    public void parse(
        InputStream stream, ContentHandler handler, Metadata metadata, ParseContext context)
        throws IOException, SAXException, TikaException {
      Parser parser = new AutoDetectParser(readers());
      context.set(Parser.class, parser);
      parser.parse(stream, handler, metadata, context);
    }
  }
}
