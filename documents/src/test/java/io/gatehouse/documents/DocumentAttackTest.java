package io.gatehouse.documents;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import javax.xml.parsers.SAXParserFactory;
import org.apache.poi.xslf.usermodel.XMLSlideShow;
import org.apache.poi.xssf.usermodel.XSSFWorkbook;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xml.sax.helpers.DefaultHandler;

/**
 * Tests hostile documents that alice shares and that bob's login reads. Such a document must not
 * read files that only bob may read, nor make bob's login call a server of alice's.
 */
final class DocumentAttackTest {

  private static final String TEXT = "Shared by alice";
  private static final String SECRET = "only bob may read this";

  @TempDir Path directory;

  private final AtomicInteger calls = new AtomicInteger();
  private ServerSocket server;
  private Path secret;

  @BeforeEach
  void startTheServerOfAlice() throws IOException {
    secret = Files.writeString(directory.resolve("secret"), SECRET);
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::serve);
  }

  private void serve() {
    while (!server.isClosed()) {
      try (Socket caller = server.accept()) {
        calls.incrementAndGet();
        caller
            .getOutputStream()
            .write("HTTP/1.0 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      } catch (SocketException closed) {
        return;
      } catch (IOException callerLeft) {
        // The call is counted.
      }
    }
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  private String address() {
    return "http://127.0.0.1:" + server.getLocalPort();
  }

  private String withEntities(String xml) {
    String types =
        """
        <!DOCTYPE all [
          <!ENTITY own SYSTEM "%s">
          <!ENTITY remote SYSTEM "%s/entity">
          <!ENTITY %% more SYSTEM "%s/more.dtd">
          %%more;
        ]>
        """
            .formatted(secret.toUri(), address(), address());
    int start = xml.startsWith("<?xml") ? xml.indexOf("?>") + 2 : 0;
    return xml.substring(0, start)
        + types
        + xml.substring(start).replace(TEXT, TEXT + " &own; &remote;");
  }

  @Test
  void theAttackWorksOnAParserThatDoesNotDefendItself() throws Exception {
    StringBuilder seen = new StringBuilder();
    SAXParserFactory.newInstance()
        .newSAXParser()
        .parse(
            new ByteArrayInputStream(
                withEntities("<a>" + TEXT + "</a>").getBytes(StandardCharsets.UTF_8)),
            new DefaultHandler() {
              @Override
              public void characters(char[] characters, int start, int length) {
                seen.append(characters, start, length);
              }
            });
    assertThat(seen.toString()).contains(SECRET);
    assertThat(calls).hasValue(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"docx", "xlsx", "pptx", "odt", "ods", "odp", "epub"})
  void entitiesBringNothingIntoADocumentAndCallNobody(String type) throws Exception {
    Path honest = document(type);
    assertThat(MadeDocument.textOf(honest)).contains(TEXT);
    List<String> parts = xmlParts(honest);
    assertThat(parts).isNotEmpty();

    // Each attack is tried alone, because a refusal of the first part would hide the result of the
    // others.
    for (String part : parts) {
      Path attack = attackIn(part, honest, directory.resolve("attack." + type));
      assertThat(textOrRefusal(attack)).as(part).doesNotContain(SECRET);
      assertThat(calls).as(part).hasValue(0);
    }
  }

  @ParameterizedTest
  @MethodSource("documentsWithLinks")
  void linksOfADocumentAreNotFollowed(String name, String content) throws Exception {
    Path file = directory.resolve(name);
    Files.writeString(file, content.replace("URL/", address() + "/"));

    assertThat(MadeDocument.textOf(file)).contains(TEXT);
    assertThat(calls).hasValue(0);
  }

  private static Stream<Arguments> documentsWithLinks() {
    return Stream.of(
        Arguments.of(
            "page.eml",
            """
            From: alice@example.org
            MIME-Version: 1.0
            Content-Type: text/html

            <html><head><link rel="stylesheet" href="URL/a.css"><script src="URL/a.js"></script>
            </head><body>Shared by alice<img src="URL/a.png"><iframe src="URL/"></iframe></body>
            """),
        Arguments.of(
            "external.eml",
            """
            From: alice@example.org
            MIME-Version: 1.0
            Content-Type: multipart/mixed; boundary=next

            --next
            Content-Type: message/external-body; access-type=URL; URL="URL/body"

            Content-Type: text/html

            --next
            Content-Type: text/plain

            Shared by alice
            --next--
            """),
        Arguments.of(
            "fields.rtf",
            """
            {\\rtf1\\pard Shared by alice {\\field{\\*\\fldinst INCLUDEPICTURE "URL/a.png"}}
            {\\*\\template URL/a.dot}}
            """));
  }

  private static String textOrRefusal(Path file) throws IOException {
    try {
      return MadeDocument.textOf(file);
    } catch (UnreadableException refusal) {
      return String.valueOf(refusal.getMessage());
    }
  }

  private Path document(String type) throws IOException {
    Path file = directory.resolve("honest." + type);
    switch (type) {
      case "docx" ->
          MadeDocument.word(file, "<w:p><w:r><w:t>" + TEXT + "</w:t></w:r></w:p>", Map.of());
      case "xlsx" -> {
        try (XSSFWorkbook book = new XSSFWorkbook();
            OutputStream out = Files.newOutputStream(file)) {
          book.createSheet().createRow(0).createCell(0).setCellValue(TEXT);
          book.write(out);
        }
      }
      case "pptx" -> {
        try (XMLSlideShow slides = new XMLSlideShow();
            OutputStream out = Files.newOutputStream(file)) {
          slides.createSlide().createTextBox().setText(TEXT);
          slides.write(out);
        }
      }
      case "odt" -> MadeDocument.open(file, "text", "", "<text:p>" + TEXT + "</text:p>");
      case "ods" ->
          MadeDocument.open(
              file,
              "spreadsheet",
              "",
              "<table:table><table:table-row><table:table-cell><text:p>"
                  + TEXT
                  + "</text:p></table:table-cell></table:table-row></table:table>");
      case "odp" -> MadeDocument.open(file, "presentation", "", "<text:p>" + TEXT + "</text:p>");
      default -> MadeDocument.book(file, TEXT);
    }
    return file;
  }

  private static List<String> xmlParts(Path document) throws IOException {
    try (ZipFile zip = new ZipFile(document.toFile())) {
      return zip.stream()
          .map(ZipEntry::getName)
          .filter(name -> name.matches(".*\\.(xml|rels|xhtml|opf)"))
          .toList();
    }
  }

  private Path attackIn(String attacked, Path honest, Path attack) throws IOException {
    try (ZipInputStream in = new ZipInputStream(Files.newInputStream(honest));
        ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(attack))) {
      for (ZipEntry part = in.getNextEntry(); part != null; part = in.getNextEntry()) {
        byte[] content = in.readAllBytes();
        out.putNextEntry(new ZipEntry(part.getName()));
        out.write(
            part.getName().equals(attacked)
                ? withEntities(new String(content, StandardCharsets.UTF_8))
                    .getBytes(StandardCharsets.UTF_8)
                : content);
      }
    }
    return attack;
  }
}
