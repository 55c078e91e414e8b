package io.gatehouse.documents;

import io.gatehouse.documents.text.BoundedWriter;
import io.gatehouse.documents.text.PlainText;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.tika.exception.EncryptedDocumentException;
import org.apache.tika.exception.TikaException;
import org.apache.tika.exception.ZeroByteFileException;
import org.apache.tika.io.TikaInputStream;
import org.apache.tika.metadata.Metadata;
import org.apache.tika.metadata.TikaCoreProperties;
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
import org.xml.sax.SAXException;

/** Extracts the text of a document with Apache Tika. */
final class DocumentText {

  /**
   * The longest text, in characters. A model cannot use more, and the caller takes more bytes than
   * that.
   */
  private static final int MOST = 10_000_000;

  private DocumentText() {}

  /**
   * The parsers of text formats. Parsers that run other programs or look at pictures are left out.
   */
  private static AutoDetectParser parser() {
    return new AutoDetectParser(
        new PDFParser(),
        new OldOfficeReader(),
        new PackageReader(),
        new RtfReader(),
        new OpenDocumentReader(),
        new EpubParser(),
        new MailParser(),
        new MailboxParser(),
        new JSoupParser(),
        new TXTParser());
  }

  /**
   * Writes the text as UTF-8.
   *
   * @throws UnreadableException if the document has none to give
   */
  static void write(Path file, OutputStream out) throws IOException, UnreadableException {
    Writer writer = new OutputStreamWriter(out, StandardCharsets.UTF_8);
    write(file, writer, MOST);
    writer.flush();
  }

  static void write(Path file, Writer writer, int most) throws IOException, UnreadableException {
    AutoDetectParser parser = parser();
    // A format that no parser knows must not read as an empty text. A picture inside a document
    // may.
    parser.setFallback(ErrorParser.INSTANCE);
    Metadata metadata = new Metadata();
    metadata.set(TikaCoreProperties.RESOURCE_NAME_KEY, String.valueOf(file.getFileName()));
    ParseContext context = new ParseContext();
    context.set(Parser.class, parser());
    context.set(HtmlMapper.class, new TableHtml());
    BoundedWriter text = new BoundedWriter(writer, most);
    if (!Files.isReadable(file)) {
      throw new UnreadableException("The document may not be read");
    }
    try (TikaInputStream in = TikaInputStream.get(file)) {
      parser.parse(in, new BodyContentHandler(new PlainText(text, context)), metadata, context);
    } catch (ZeroByteFileException empty) {
      // A document without content has an empty text.
    } catch (EncryptedDocumentException encrypted) {
      throw new UnreadableException("The document is encrypted", encrypted);
    } catch (TikaException | SAXException | IOException failure) {
      if (!text.isExceeded()) {
        throw new UnreadableException("The document is damaged or not what its name says", failure);
      }
    }
    if (text.isExceeded()) {
      throw new UnreadableException("The document has more than " + most + " characters");
    }
  }
}
