package io.gatehouse.documents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDPage;
import org.apache.pdfbox.pdmodel.PDPageContentStream;
import org.apache.pdfbox.pdmodel.encryption.AccessPermission;
import org.apache.pdfbox.pdmodel.encryption.StandardProtectionPolicy;
import org.apache.pdfbox.pdmodel.font.PDType1Font;
import org.apache.pdfbox.pdmodel.font.Standard14Fonts;
import org.apache.poi.hslf.usermodel.HSLFSlideShow;
import org.apache.poi.hssf.usermodel.HSSFWorkbook;
import org.apache.poi.ss.usermodel.Workbook;
import org.apache.poi.xslf.usermodel.XMLSlideShow;
import org.apache.poi.xssf.usermodel.XSSFWorkbook;
import org.apache.poi.xwpf.usermodel.XWPFDocument;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DocumentTextTest {

  private static final String TEXT = "Grüße aus dem Dokument";

  @TempDir Path directory;

  /** Fills a file. */
  @FunctionalInterface
  private interface Filler {
    void fill(OutputStream out) throws IOException;
  }

  private Path file(String name, Filler filler) throws IOException {
    Path file = directory.resolve(name);
    try (OutputStream out = Files.newOutputStream(file)) {
      filler.fill(out);
    }
    return file;
  }

  private static String textOf(Path file) throws IOException, UnreadableException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    DocumentText.write(file, out);
    return out.toString(StandardCharsets.UTF_8);
  }

  @Test
  void readsPdf() throws Exception {
    Path file =
        file(
            "a.pdf",
            out -> {
              try (PDDocument document = pdf()) {
                document.save(out);
              }
            });
    assertThat(textOf(file)).contains("Text of the page");
  }

  private static PDDocument pdf() throws IOException {
    PDDocument document = new PDDocument();
    PDPage page = new PDPage();
    document.addPage(page);
    try (PDPageContentStream content = new PDPageContentStream(document, page)) {
      content.beginText();
      content.setFont(new PDType1Font(Standard14Fonts.FontName.HELVETICA), 12);
      content.newLineAtOffset(50, 700);
      content.showText("Text of the page");
      content.endText();
    }
    return document;
  }

  @Test
  void saysThatADocumentIsEncrypted() throws Exception {
    Path file =
        file(
            "secret.pdf",
            out -> {
              try (PDDocument document = pdf()) {
                document.protect(
                    new StandardProtectionPolicy("owner", "user", new AccessPermission()));
                document.save(out);
              }
            });
    assertThatThrownBy(() -> textOf(file))
        .isInstanceOf(UnreadableException.class)
        .hasMessage("The document is encrypted; remove its password, then try again");
  }

  @Test
  void readsWord() throws Exception {
    Path file =
        file(
            "a.docx",
            out -> {
              try (XWPFDocument document = new XWPFDocument()) {
                document.createParagraph().createRun().setText(TEXT);
                document.write(out);
              }
            });
    assertThat(textOf(file)).contains(TEXT);
  }

  @Test
  void readsSpreadsheetsOldAndNew() throws Exception {
    for (String name : new String[] {"a.xls", "a.xlsx"}) {
      Path file =
          file(
              name,
              out -> {
                try (Workbook book =
                    name.equals("a.xls") ? new HSSFWorkbook() : new XSSFWorkbook()) {
                  var row = book.createSheet("Zahlen").createRow(0);
                  row.createCell(0).setCellValue(TEXT);
                  row.createCell(1).setCellValue(42);
                  book.write(out);
                }
              });
      assertThat(textOf(file)).as(name).contains("Zahlen", TEXT + "\t42");
    }
  }

  @Test
  void readsPresentationsOldAndNew() throws Exception {
    Path old =
        file(
            "a.ppt",
            out -> {
              try (HSLFSlideShow show = new HSLFSlideShow()) {
                show.createSlide().createTextBox().setText(TEXT);
                show.write(out);
              }
            });
    Path young =
        file(
            "a.pptx",
            out -> {
              try (XMLSlideShow show = new XMLSlideShow()) {
                show.createSlide().createTextBox().setText(TEXT);
                show.write(out);
              }
            });
    assertThat(textOf(old)).contains(TEXT);
    assertThat(textOf(young)).contains(TEXT);
  }

  @Test
  void readsRichTextAndMail() throws Exception {
    Path rtf = Files.writeString(directory.resolve("a.rtf"), "{\\rtf1\\ansi Gr\\'fc\\'dfe\\par}");
    Path mail =
        Files.writeString(
            directory.resolve("a.eml"),
            "From: a@example.org\r\nTo: b@example.org\r\nSubject: Hello\r\n"
                + "Content-Type: text/plain; charset=utf-8\r\n\r\n"
                + TEXT
                + "\r\n");
    assertThat(textOf(rtf)).contains("Grüße").doesNotContain("rtf1");
    assertThat(textOf(mail)).contains(TEXT);
  }

  @Test
  void readsOpenDocumentAndEpub() throws Exception {
    Path odt =
        MadeDocument.open(directory.resolve("a.odt"), "text", "", "<text:p>" + TEXT + "</text:p>");
    assertThat(textOf(odt)).contains(TEXT);
    Path epub = MadeDocument.book(directory.resolve("a.epub"), TEXT);
    assertThat(textOf(epub)).contains(TEXT);
  }

  @Test
  void saysThatADocumentIsDamagedOrTooLong() throws Exception {
    Path damaged = Files.write(directory.resolve("b.docx"), new byte[] {'P', 'K', 3, 4, 0, 0});
    assertThatThrownBy(() -> textOf(damaged))
        .isInstanceOf(UnreadableException.class)
        .hasMessage("The document is damaged, or not of the type that its name says");
    Path longer =
        Files.writeString(
            directory.resolve("c.rtf"), "{\\rtf1\\ansi " + "text\\par ".repeat(2000) + "}");
    assertThatThrownBy(() -> DocumentText.write(longer, new StringWriter(), 1000))
        .hasMessage("The document has more than 1000 characters of text");
    assertThat(textOf(Files.createFile(directory.resolve("empty.docx")))).isEmpty();
  }
}
