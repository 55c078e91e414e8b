package io.gatehouse.documents;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.tika.exception.TikaException;
import org.apache.tika.metadata.Metadata;
import org.apache.tika.mime.MediaType;
import org.apache.tika.parser.ParseContext;
import org.apache.tika.parser.Parser;
import org.apache.tika.sax.BodyContentHandler;
import org.apache.tika.sax.EmbeddedContentHandler;
import org.apache.tika.sax.XHTMLContentHandler;
import org.xml.sax.ContentHandler;
import org.xml.sax.SAXException;

/**
 * Reads the mails of an mbox file (RFC 4155), one after the other.
 *
 * <p>Tika's parser reads the whole file as windows-1252, which loses bytes of mails in UTF-8.
 */
final class MailboxParser implements Parser {

  private static final long serialVersionUID = 1L;

  /** A line of this form begins a mail: it ends with a time and a year. */
  private static final Pattern FROM = Pattern.compile("From .*[0-9]:[0-9]{2}.*[0-9]{4}.*");

  /**
   * The longest line that may begin a mail, in characters: more than any mail program writes, and
   * short enough for the regular expression.
   */
  private static final int LONGEST_FROM = 1000;

  private static final Pattern QUOTED_FROM = Pattern.compile("^>(>*From )");

  /** The largest mail, in bytes. Each mail is kept in memory while it is read. */
  private static final int LARGEST = 50_000_000;

  private final MailParser mails = new MailParser();

  @Override
  public Set<MediaType> getSupportedTypes(ParseContext context) {
    return Set.of(MediaType.application("mbox"));
  }

  @Override
  public void parse(
      InputStream stream, ContentHandler handler, Metadata metadata, ParseContext context)
      throws IOException, SAXException, TikaException {
    XHTMLContentHandler xhtml = new XHTMLContentHandler(handler, metadata);
    xhtml.startDocument();
    // ISO-8859-1 keeps every byte as one character, because each mail declares its own charset.
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(stream, StandardCharsets.ISO_8859_1));
    ByteArrayOutputStream mail = new ByteArrayOutputStream();
    boolean afterBlank = true;
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (afterBlank && line.length() <= LONGEST_FROM && FROM.matcher(line).matches()) {
        show(mail, xhtml, context);
      } else {
        String written = QUOTED_FROM.matcher(line).replaceFirst("$1") + "\n";
        mail.writeBytes(written.getBytes(StandardCharsets.ISO_8859_1));
        if (mail.size() > LARGEST) {
          throw new TikaException("the mailbox has a mail of more than " + LARGEST + " bytes");
        }
      }
      afterBlank = line.isEmpty();
    }
    show(mail, xhtml, context);
    xhtml.endDocument();
  }

  private void show(ByteArrayOutputStream mail, XHTMLContentHandler xhtml, ParseContext context)
      throws IOException, SAXException, TikaException {
    if (mail.size() > 0) {
      mails.parse(
          new ByteArrayInputStream(mail.toByteArray()),
          new EmbeddedContentHandler(new BodyContentHandler(xhtml)),
          new Metadata(),
          context);
      xhtml.newline();
      mail.reset();
    }
  }
}
