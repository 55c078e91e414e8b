package io.gatehouse.documents;

import static io.gatehouse.documents.MadeDocument.linesOf;
import static io.gatehouse.documents.MadeDocument.textOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import org.apache.poi.poifs.filesystem.POIFSFileSystem;
import org.apache.poi.xssf.usermodel.XSSFWorkbook;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests that a mail is read as a mail program shows it. */
final class MailTextTest {

  private static final String HEADERS =
      """
      From: =?iso-8859-1?Q?J=F6rg_M=FCller?= <j@example.org>
      To: Ann <a@example.org>,
       =?utf-8?B?QsO2Yg==?= <b@example.org>
      Cc: c@example.org
      X-Spam: no
      Message-ID: <1@example.org>
      Date: Mon, 5 Oct 2026 10:00:00 +0200
      Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe_?=
       =?utf-8?Q?aus_Berlin?=
      """;

  private static final String SHOWN =
      """
      From: Jörg Müller <j@example.org>
      To: Ann <a@example.org>, Böb <b@example.org>
      Cc: c@example.org
      Date: Mon, 5 Oct 2026 10:00:00 +0200
      Subject: Grüße aus Berlin
      """;

  @TempDir Path directory;

  private Path mail(String name, byte[] content) throws Exception {
    return Files.write(directory.resolve(name), content);
  }

  private String mailText(String content) throws Exception {
    return linesOf(mail("a.eml", content.replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8)));
  }

  private static String part(String headers, String content) {
    return headers + "\n\n" + content + "\n";
  }

  private static String multipart(String type, String boundary, String... parts) {
    StringBuilder text =
        new StringBuilder(
            "Content-Type: multipart/" + type + "; boundary=\"" + boundary + "\"\n\n");
    for (String part : parts) {
      text.append("--").append(boundary).append('\n').append(part);
    }
    return text + "--" + boundary + "--\n";
  }

  @Test
  void showsTheHeadersAndTheTextInItsCharset() throws Exception {
    String body =
        """
        Content-Type: text/plain; charset=iso-8859-1
        Content-Transfer-Encoding: quoted-printable

        Sch=F6ne Gr=FC=DFe,

        J=F6rg
        """;
    Path file = mail("a.eml", (HEADERS + body).getBytes(StandardCharsets.US_ASCII));
    assertThat(textOf(file)).startsWith(SHOWN + "\nSchöne Grüße,\n\nJörg\n");
    assertThat(mailText("Subject: Größe roh\nFrom: \"Müller, Jörg\" <j@example.org>\n\ntext"))
        .isEqualTo("From: \"Müller, Jörg\" <j@example.org>\nSubject: Größe roh\ntext");
  }

  @ParameterizedTest
  @CsvSource({
    "iso-8859-1, windows-1252, Schöne Grüße – „hier“ für 5 €",
    "ISO-8859-15, ISO-8859-15, Für 5 €",
    "windows-1252, windows-1252, Für 5 €",
    "utf-8, UTF-8, Schöne Grüße 你好",
    "utf8, UTF-8, Schöne Grüße",
    "iso-8859-2, ISO-8859-2, Zażółć gęślą jaźń",
    "windows-1250, windows-1250, Příliš žluťoučký kůň",
    "koi8-r, KOI8-R, Привет из Москвы",
    "windows-1251, windows-1251, Привет из Москвы",
    "iso-8859-5, ISO-8859-5, Привет",
    "iso-8859-7, ISO-8859-7, Καλημέρα",
    "windows-1253, windows-1253, Καλημέρα",
    "iso-8859-9, ISO-8859-9, İyi günler",
    "windows-1255, windows-1255, שלום",
    "iso-8859-8-i, ISO-8859-8, שלום",
    "windows-1256, windows-1256, مرحبا",
    "tis-620, x-windows-874, สวัสดี",
    "shift_jis, windows-31j, こんにちは①",
    "iso-2022-jp, ISO-2022-JP, こんにちは",
    "euc-jp, EUC-JP, こんにちは",
    "gb2312, GB18030, 你好镕",
    "gb18030, GB18030, 你好",
    "big5, Big5, 你好",
    "ks_c_5601-1987, x-windows-949, 안녕하세요",
    "euc-kr, EUC-KR, 안녕하세요",
    "us-ascii, UTF-8, Schöne Grüße",
    "x-unknown, UTF-8, Schöne Grüße",
    "x-mac-roman, x-MacRoman, Schöne Grüße",
  })
  void readsEveryDeclaredCharset(String declared, String charset, String text) throws Exception {
    String encoded =
        Base64.getMimeEncoder().encodeToString(text.getBytes(Charset.forName(charset)));
    String type = "; charset=\"" + declared + "\"\nContent-Transfer-Encoding: base64";
    assertThat(mailText("Subject: s\n" + part("Content-Type: text/plain" + type, encoded)))
        .isEqualTo("Subject: s\n" + text);
    String html = "<html><head><title>t</title></head><body><p>" + text + "</p></body></html>";
    String page = Base64.getMimeEncoder().encodeToString(html.getBytes(Charset.forName(charset)));
    assertThat(mailText("Subject: s\n" + part("Content-Type: text/html" + type, page)))
        .isEqualTo("Subject: s\n" + text);
  }

  @Test
  void readsUtf7() throws Exception {
    assertThat(
            mailText("Subject: s\nContent-Type: text/plain; charset=utf-7\n\nGr+APwA3w-e 1 +- 1"))
        .isEqualTo("Subject: s\nGrüße 1 + 1");
  }

  @Test
  void showsOneOfTheAlternatives() throws Exception {
    String plain = part("Content-Type: text/plain", "see the HTML");
    String html =
        part(
            "Content-Type: text/html; charset=utf-8",
            "<p>Hello <b>Ann</b></p><table><tr><th>a</th><th>b</th></tr>"
                + "<tr><td></td><td>two<br>lines</td></tr></table>");
    String picture =
        part(
            """
            Content-Type: image/png; name=logo.png
            Content-ID: <1>
            Content-Transfer-Encoding: base64\
            """,
            "iVBO");
    assertThat(mailText("Subject: s\n" + multipart("alternative", "x", plain, html)))
        .isEqualTo("Subject: s\nHello Ann\na\tb\n\ttwo lines");
    assertThat(
            mailText(
                "Subject: s\n"
                    + multipart(
                        "alternative", "x", plain, multipart("related", "y", html, picture))))
        .isEqualTo("Subject: s\nHello Ann\na\tb\n\ttwo lines");
    String invitation = part("Content-Type: text/calendar", "BEGIN:VCALENDAR");
    assertThat(mailText("Subject: s\n" + multipart("alternative", "x", plain, invitation)))
        .isEqualTo("Subject: s\nsee the HTML");
  }

  @Test
  void readsALayoutOfTablesLineByLine() throws Exception {
    String html =
        "<table><tr><td><table><tr><td>x</td><td>y</td></tr></table></td></tr>"
            + "<tr><td><p>one</p><p>two</p></td></tr>"
            + "<tr><td colspan=2>wide</td><td>c</td></tr>"
            + "<tr><td rowspan=2>tall</td><td>b</td></tr><tr><td>under</td></tr></table>";
    assertThat(mailText("Subject: s\nContent-Type: text/html\n\n" + html))
        .isEqualTo("Subject: s\nx\ty\none\ntwo\nwide\t\tc\ntall\tb\n\tunder");
  }

  @Test
  void namesAndReadsAttachments() throws Exception {
    ByteArrayOutputStream sheet = new ByteArrayOutputStream();
    try (XSSFWorkbook book = new XSSFWorkbook()) {
      book.createSheet("S").createRow(0).createCell(1).setCellValue("cell");
      book.write(sheet);
    }
    String text = part("Content-Type: text/plain; charset=utf-8", "text");
    String note =
        part(
            """
            Content-Type: text/plain
            Content-Disposition: attachment; filename*=utf-8''n%C3%B6te.txt\
            """,
            "attached");
    String workbook =
        part(
            """
            Content-Type: application/octet-stream
            Content-Transfer-Encoding: base64
            Content-Disposition: attachment; filename="=?utf-8?Q?b=C3=BCch.xlsx?=\"\
            """,
            Base64.getMimeEncoder().encodeToString(sheet.toByteArray()));
    String forwarded =
        part(
            "Content-Type: message/rfc822",
            """
            From: inner@example.org
            Subject: inner
            Content-Type: text/plain; charset=koi8-r
            Content-Transfer-Encoding: base64

            """
                + Base64.getEncoder().encodeToString("Привет".getBytes(Charset.forName("KOI8-R"))));
    String broken =
        part(
            "Content-Type: application/pdf; name=b.pdf\nContent-Transfer-Encoding: base64",
            "JVBERi0=");
    assertThat(
            mailText(
                "Subject: s\n" + multipart("mixed", "x", text, note, workbook, forwarded, broken)))
        .isEqualTo(
            """
            Subject: s
            text
            [attachment: nöte.txt]
            attached
            [attachment: büch.xlsx]
            S
            \tcell
            [attached message]
            From: inner@example.org
            Subject: inner
            Привет
            [attachment: b.pdf]\
            """);
  }

  @Test
  void readsMailsThatAreCutOrNested() throws Exception {
    String text = part("Content-Type: text/plain", "text");
    String cut = multipart("mixed", "x", text).replace("--x--", "");
    assertThat(mailText("Subject: s\n" + cut)).isEqualTo("Subject: s\ntext");
    StringBuilder nested = new StringBuilder("Subject: s\n");
    for (int i = 0; i < 200; i++) {
      nested.append("Content-Type: message/rfc822\n\nSubject: ").append(i).append('\n');
    }
    assertThatThrownBy(() -> mailText(nested + "\nend"))
        .hasMessage("The document is damaged, or not of the type that its name says");
  }

  @Test
  void readsTheMailsOfAMailbox() throws Exception {
    byte[] box =
        """
        From j@example.org Mon Oct  5 10:00:00 2026
        From: j@example.org
        Subject: one
        Content-Type: text/plain; charset=utf-8

        Grüße aus Ára

        >From here on

        From b@example.org Mon Oct  5 10:00:00 2026
        From: b@example.org
        Subject: two

        From a line above
        """
            .getBytes(StandardCharsets.UTF_8);
    assertThat(linesOf(mail("a.mbox", box)))
        .isEqualTo(
            """
            From: j@example.org
            Subject: one
            Grüße aus Ára
            From here on
            From: b@example.org
            Subject: two
            From a line above\
            """);
  }

  /** MS-OXMSG: a property that is a text is a stream, one of fixed length is in the table. */
  @Test
  void showsTheHeadersOfAMailOfOutlook() throws Exception {
    Path file = directory.resolve("a.msg");
    Map<String, String> texts =
        Map.of(
            "0037", "Grüße aus Berlin",
            "0C1A", "Jörg Müller",
            "0C1F", "j@example.org",
            "0E04", "Ann; Böb",
            "0E03", "Cy",
            "1000", "Schöne Grüße,\r\nJörg",
            "001A", "IPM.Note");
    try (POIFSFileSystem system = new POIFSFileSystem();
        OutputStream out = Files.newOutputStream(file)) {
      for (Map.Entry<String, String> text : texts.entrySet()) {
        system.createDocument(
            new ByteArrayInputStream(text.getValue().getBytes(StandardCharsets.UTF_16LE)),
            "__substg1.0_" + text.getKey() + "001F");
      }
      ByteBuffer table = ByteBuffer.allocate(32 + 16).order(ByteOrder.LITTLE_ENDIAN);
      // PidTagClientSubmitTime, in units of 100 nanoseconds since 1601: 2026-10-05 08:00:00 UTC.
      long time = (1_791_187_200L + 11_644_473_600L) * 10_000_000L;
      table.position(32);
      table.putInt(0x00390040).putInt(6).putLong(time);
      system.createDocument(new ByteArrayInputStream(table.array()), "__properties_version1.0");
      system.writeFilesystem(out);
    }
    assertThat(linesOf(file))
        .isEqualTo(
            """
            From: Jörg Müller <j@example.org>
            To: Ann; Böb
            Cc: Cy
            Date: 2026-10-05T08:00:00Z
            Subject: Grüße aus Berlin
            Schöne Grüße,
            Jörg\
            """);
  }
}
