package io.gatehouse.gateway.it;

import static io.gatehouse.gateway.support.Client.encode;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.gatehouse.gateway.RunningGateway;
import io.gatehouse.gateway.support.Client;
import io.gatehouse.gateway.support.Client.Answer;
import io.gatehouse.gateway.support.Closing;
import io.gatehouse.gateway.support.RealSshd;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The file API over HTTP, through a real sshd, in real accounts. */
final class FilesIT {

  private static final String KEY = "integration-test-key";
  private static final String HOME = "/home/ghitalice";

  private static final Duration TWO_SECONDS = Duration.ofSeconds(2);

  private static RealSshd sshd;
  private static RunningGateway gateway;
  private static Client alice;
  private static Client bob;

  @BeforeAll
  static void start() {
    sshd = RealSshd.start();
    gateway =
        sshd.startGateway(
            KEY,
            Map.of(
                "OPEN_TERMINAL_MAX_UPLOAD_SIZE",
                "300000000",
                "OPEN_TERMINAL_BINARY_MIME_PREFIXES",
                "image, audio/mpeg"));
    Client anybody =
        new Client("http://127.0.0.1:" + gateway.port(), Map.of("Authorization", "Bearer " + KEY));
    alice = anybody.user("alice");
    bob = anybody.user("bobby");
  }

  @AfterAll
  static void stop() {
    Closing.inOrder(gateway, sshd);
  }

  private static Answer write(String path, String content) {
    return alice.post("/files/write", Map.of("path", path, "content", content));
  }

  private static Answer read(String path) {
    return alice.get("/files/read?path=" + encode(path));
  }

  private static String shell(String command) {
    Answer answer = alice.run(command);
    assertThat(answer.exitCode()).as(answer.output()).isZero();
    return answer.output();
  }

  @Test
  void writesReadsAndListsAsTheUser() {
    Answer written = write("notes/first.txt", "one\ntwo\nthree\n");
    assertThat(written.status()).isEqualTo(200);
    assertThat(written.json().toString())
        .isEqualTo("{\"path\":\"" + HOME + "/notes/first.txt\",\"size\":14}");
    assertThat(shell("stat -c '%U %a' notes/first.txt notes"))
        .isEqualTo("ghitalice 600\nghitalice 700\n");
    assertThat(shell("ls -A notes")).isEqualTo("first.txt\n");

    assertThat(read("notes/first.txt").json().toString())
        .isEqualTo(
            "{\"path\":\""
                + HOME
                + "/notes/first.txt\",\"content\":\"one\\ntwo\\nthree\\n\",\"total_lines\":3}");
    Answer second = alice.get("/files/read?path=notes/first.txt&start_line=2&end_line=2");
    assertThat(second.json().path("content").asText()).isEqualTo("two\n");
    assertThat(read("/home/user/notes/first.txt").status()).isEqualTo(200);
    assertThat(read("notes/none.txt").status()).isEqualTo(404);
    assertThat(read("notes").status()).isEqualTo(404);

    shell("cd notes; mkdir sub; ln -s first.txt link; ln -s nowhere dangling; ln -s sub folder");
    JsonNode listing = alice.get("/files/list?directory=notes").json();
    assertThat(listing.path("dir").asText()).isEqualTo(HOME + "/notes");
    assertThat(listing.path("writable").asBoolean()).isTrue();
    List<String> entries = new ArrayList<>();
    listing
        .path("entries")
        .forEach(e -> entries.add(e.path("name").asText() + " " + e.path("type").asText()));
    assertThat(entries)
        .containsExactly("first.txt file", "folder directory", "link file", "sub directory");
    assertThat(listing.at("/entries/0/size").asInt()).isEqualTo(14);
    assertThat(listing.at("/entries/0/modified").asLong())
        .isEqualTo(Long.parseLong(shell("stat -c %Y notes/first.txt").strip()));
    assertThat(alice.get("/files/list?directory=/etc").json().path("writable").asBoolean())
        .isFalse();
    assertThat(alice.get("/files/list?directory=nothing").status()).isEqualTo(404);
  }

  @Test
  void resolvesAgainstTheDirectoryOfTheChat() {
    shell("mkdir -p chat/deep");
    Client chat = alice.chat("files-chat");
    chat.post("/files/cwd", Map.of("path", "chat"));
    chat.post("/files/write", Map.of("path", "deep/x.txt", "content", "here"));
    assertThat(shell("cat chat/deep/x.txt")).isEqualTo("here");
    assertThat(chat.get("/files/read?path=deep/x.txt").status()).isEqualTo(200);
    assertThat(alice.get("/files/read?path=deep/x.txt").status()).isEqualTo(404);
    assertThat(chat.get("/files/display?path=deep/x.txt").json().toString())
        .isEqualTo("{\"path\":\"" + HOME + "/chat/deep/x.txt\",\"exists\":true}");
    assertThat(chat.get("/files/cwd").json().has("root")).isFalse();
  }

  @Test
  void keepsModeAndLinksWhenItOverwrites() {
    shell(
        "mkdir w; cd w; echo old > script; chmod 750 script; ln -s script link; ln -s new"
            + " dangling");
    write("w/link", "new");
    assertThat(shell("cd w; cat script; stat -c '%a %F' script; stat -c %F link"))
        .isEqualTo("new750 regular file\nsymbolic link\n");
    write("w/dangling", "made");
    assertThat(shell("cd w; cat new; stat -c %F dangling")).isEqualTo("madesymbolic link\n");
    assertThat(shell("ls -A w")).doesNotContain(".gatehouse");
    assertThat(write("w", "x").status()).isEqualTo(400);
    assertThat(write("/etc/gatehouse-test", "x").status()).isEqualTo(403);
    assertThat(write("w/script/below", "x").status()).isEqualTo(400);
  }

  @Test
  void writesInPlaceWhereItMayNotMakeFiles() {
    shell("mkdir closed; echo old > closed/file; chmod 555 closed");
    assertThat(write("closed/file", "new").status()).isEqualTo(200);
    assertThat(shell("cat closed/file; ls -A closed")).isEqualTo("newfile\n");
    assertThat(write("closed/other", "new").status()).isEqualTo(403);
  }

  @Test
  void keepsTheOldContentWhenTheDiskIsFull() {
    RealSshd.run(
        "/bin/bash",
        "-c",
        "mkdir /home/ghitalice/small && mount -t tmpfs -o size=256k,uid=$(id -u ghitalice)"
            + " gatehouse-test /home/ghitalice/small");
    try {
      assertThat(write("small/file", "old").status()).isEqualTo(200);
      Answer full = write("small/file", "x".repeat(1_000_000));
      assertThat(full.status()).isEqualTo(507);
      assertThat(full.detail()).contains("full");
      Answer upload = alice.upload(HOME + "/small", "file", new byte[2_000_000]);
      assertThat(upload.status()).isEqualTo(507);
      assertThat(shell("cat small/file; ls -A small")).isEqualTo("oldfile\n");
      assertThat(alice.delete("/files/delete?path=small").status()).isEqualTo(400);
    } finally {
      RealSshd.run("umount", "/home/ghitalice/small");
    }
  }

  @ParameterizedTest
  @CsvSource({"UTF-8", "UTF-16", "UTF-16LE", "UTF-16BE", "ISO-8859-1", "windows-1252"})
  void readsTextInItsEncoding(String name) {
    String text = "Füße größer als Äpfel; déjà vu, señor.\r\nZweite Zeile mit ä, ö, ü und ß.\r\n";
    byte[] bytes = text.getBytes(Charset.forName(name));
    byte[] mark = name.equals("UTF-16LE") ? new byte[] {(byte) 0xFF, (byte) 0xFE} : new byte[0];
    byte[] content = Arrays.copyOf(mark, mark.length + bytes.length);
    System.arraycopy(bytes, 0, content, mark.length, bytes.length);
    alice.upload(HOME, name + ".txt", content);

    assertThat(read(name + ".txt").json().path("content").asText())
        .isEqualTo(text.replace("\r\n", "\n"));
    Answer replaced =
        alice.post(
            "/files/replace",
            Map.of(
                "path",
                name + ".txt",
                "replacements",
                List.of(Map.of("target", ".\nZweite", "replacement", "!\nÜberhaupt zweite"))));
    assertThat(replaced.status()).isEqualTo(200);
    String expected = text.replace(".\r\nZweite", "!\r\nÜberhaupt zweite");
    byte[] now = alice.bytes("/files/view?path=" + name + ".txt").body();
    Charset charset = name.equals("UTF-16") ? StandardCharsets.UTF_16BE : Charset.forName(name);
    assertThat(new String(now, charset).replace("\uFEFF", "")).isEqualTo(expected);
  }

  private static String content(String path) {
    return read(path).json().path("content").asText();
  }

  private static String hex(String path) {
    return shell("od -An -v -tx1 " + path + " | tr -d ' \\n'").strip();
  }

  @Test
  void readsAndEditsUtf8WithAStrayByte() {
    shell("printf 'gr\\303\\274n\\n%.0s' 1 2 3 > a.log; printf 'bad \\377\\n' >> a.log");
    assertThat(content("a.log")).isEqualTo("grün\ngrün\ngrün\nbad \uFFFD\n");
    JsonNode last = alice.get("/files/read?path=a.log&start_line=4").json();
    assertThat(last.path("content").asText()).isEqualTo("bad \uFFFD\n");
    assertThat(alice.get("/files/read?path=a.log&start_line=2&end_line=2").json().path("content"))
        .hasToString("\"grün\\n\"");

    assertThat(replace("a.log", Map.of("target", "bad", "replacement", "ü")).status())
        .isEqualTo(200);
    assertThat(hex("a.log")).endsWith("6e0a" + "c3bc20ff0a");
    Map<String, Object> around = Map.of("target", "ü \uFFFD\n", "replacement", "bad: \uFFFD!\n");
    assertThat(replace("a.log", around).status()).isEqualTo(200);
    assertThat(hex("a.log")).endsWith("6e0a" + "6261643a20ff210a");

    JsonNode found = alice.get("/files/grep?query=bad&path=a.log").json();
    assertThat(found.at("/matches/0/content").asText()).isEqualTo("bad: \uFFFD!");
    assertThat(alice.get("/files/grep?query=gr%C3%BCn&path=a.log").json().path("matches"))
        .hasSize(3);

    // This is what the editor of the file pane does.
    assertThat(write("a.log", content("a.log").replace("bad", "schön")).status()).isEqualTo(200);
    assertThat(hex("a.log")).endsWith("6e0a" + "736368c3b66e3a20ff210a");
    assertThat(write("a.log", "new\uFFFD\n" + content("a.log")).status()).isEqualTo(200);
    assertThat(hex("a.log")).startsWith("6e6577efbfbd0a" + "6772c3bc6e").endsWith("3a20ff210a");
    assertThat(replace("a.log", Map.of("target", "\uFFFD!", "replacement", "")).status())
        .isEqualTo(200);
    assertThat(hex("a.log")).startsWith("6e6577efbfbd0a").endsWith("6e3a200a");
    shell("printf 'x\\303\\274\\377' > locked; chmod 200 locked");
    assertThat(write("locked", "open \uFFFD").status()).isEqualTo(200);
    shell("chmod 600 locked");
    assertThat(content("locked")).isEqualTo("open \uFFFD");
  }

  @Test
  void readsALogThatIsCutOrInTwoEncodings() {
    String line = "文件没有找到，请检查路径是否正确。\n";
    byte[] text = line.repeat(3).getBytes(StandardCharsets.UTF_8);
    alice.upload(HOME, "cut.log", Arrays.copyOfRange(text, 1, text.length - 2));
    assertThat(content("cut.log"))
        .isEqualTo(
            "\uFFFD\uFFFD"
                + line.substring(1)
                + line
                + line.substring(0, line.length() - 2)
                + "\uFFFD");
    shell("printf 'Stra\\303\\237e\\nSch\\366ne Gr\\374\\337e\\n' > two.log");
    assertThat(content("two.log")).isEqualTo("Straße\nSch\uFFFDne Gr\uFFFD\uFFFDe\n");
    // The bytes that show the encoding come after more than is kept in memory.
    shell("{ seq 1 300000; printf 'gr\\303\\274n \\377\\n'; } > late.log");
    assertThat(alice.get("/files/read?path=late.log&start_line=300001").json().path("content"))
        .hasToString("\"grün \uFFFD\\n\"");
    assertThat(replace("late.log", Map.of("target", "grün", "replacement", "rot \u00E9")).status())
        .isEqualTo(200);
    assertThat(shell("tail -n 1 late.log | od -An -tx1").strip())
        .isEqualTo("72 6f 74 20 c3 a9 20 ff 0a");
    String russian = "Файл не найден, проверьте правильность пути.\n";
    byte[] koi =
        ("plain line\n".repeat(200_000) + russian.repeat(3)).getBytes(Charset.forName("KOI8-R"));
    alice.upload(HOME, "late.txt", koi);
    assertThat(alice.get("/files/read?path=late.txt&start_line=200003").json().path("content"))
        .hasToString("\"" + russian.replace("\n", "\\n") + "\"");
  }

  @Test
  void comparesTextsAsTheyAreRead() {
    String text = "Grün ist schöner als Blau.\nZweite Zeile: für die Füße.\n";
    alice.upload(HOME, "utf8.txt", text.getBytes(StandardCharsets.UTF_8));
    for (String name : List.of("windows-1252", "UTF-16", "UTF-16LE", "UTF-16BE", "UTF-8")) {
      alice.upload(
          HOME,
          "other.txt",
          ("\uFEFF" + text)
              .replace(name.startsWith("w") || name.equals("UTF-16") ? "\uFEFF" : "", "")
              .getBytes(Charset.forName(name)));
      Answer same =
          alice.post("/files/compare", Map.of("original", "utf8.txt", "revised", "other.txt"));
      assertThat(same.json().path("hunks")).as(name + same.body()).isEmpty();
    }
    shell("{ cat utf8.txt; printf 'bad \\377\\n'; } > stray.txt");
    JsonNode more =
        alice.post("/files/compare", Map.of("original", "utf8.txt", "revised", "stray.txt")).json();
    assertThat(more.path("additions").asInt()).isOne();
    assertThat(more.path("deletions").asInt()).isZero();
    assertThat(more.at("/hunks/0/lines/2/content").asText()).isEqualTo("bad \uFFFD");
    shell("head -c 1000 /dev/urandom > noise.bin");
    Answer noise =
        alice.post("/files/compare", Map.of("original", "utf8.txt", "revised", "noise.bin"));
    assertThat(noise.status()).isEqualTo(422);
    assertThat(noise.detail()).isEqualTo("noise.bin: Unsupported binary file.");
  }

  /** These bytes are in no particular encoding. They must stay, whatever encoding is guessed. */
  @Test
  void editsTextWithoutDamageToTheRest() {
    for (int seed = 0; seed < 20; seed++) {
      byte[] before = new byte[40];
      new Random(seed).nextBytes(before);
      for (int i = 0; i < before.length; i++) {
        before[i] = before[i] >= 0 ? (byte) (' ' + before[i] % 64) : before[i];
      }
      before[20] = '~';
      alice.upload(HOME, "mixed.txt", before);
      int status = replace("mixed.txt", Map.of("target", "~", "replacement", "!")).status();
      byte[] expected = before.clone();
      if (status == 200) {
        expected[20] = '!';
      } else {
        assertThat(status).isEqualTo(400);
      }
      assertThat(alice.bytes("/files/view?path=mixed.txt").body()).isEqualTo(expected);
    }
  }

  @Test
  void readsALargeTextWithoutKeepingIt() {
    shell("seq 1 3000000 > big.txt");
    JsonNode some = alice.get("/files/read?path=big.txt&start_line=2999999").json();
    assertThat(some.path("content").asText()).isEqualTo("2999999\n3000000\n");
    assertThat(some.path("total_lines").asInt()).isEqualTo(3_000_000);
  }

  @Test
  void tellsTextFromPicturesAndOtherBinaries() {
    byte[] noise = new byte[5000];
    new Random(1).nextBytes(noise);
    alice.upload(HOME, "picture.png", noise);
    alice.upload(HOME, "program", noise);
    HttpResponse<byte[]> picture = alice.bytes("/files/read?path=picture.png");
    assertThat(picture.headers().firstValue("Content-Type")).contains("image/png");
    assertThat(picture.body()).isEqualTo(noise);
    alice.upload(HOME, "song.mp3", noise);
    assertThat(alice.bytes("/files/read?path=song.mp3").body()).isEqualTo(noise);
    alice.upload(HOME, "song.ogg", noise);
    assertThat(read("song.ogg").status()).isEqualTo(415);
    assertThat(read("program").status()).isEqualTo(415);
    write("drawing.svg", "<svg/>");
    assertThat(read("drawing.svg").json().path("content").asText()).isEqualTo("<svg/>");
  }

  @Test
  void readsDocumentsAsTheirText() {
    write("letter.rtf", "{\\rtf1\\ansi first line\\par second line\\par}");
    JsonNode text = read("letter.rtf").json();
    assertThat(text.path("content").asText()).contains("first line", "second line");
    assertThat(text.path("total_lines").asInt()).isGreaterThanOrEqualTo(2);
    alice.upload(HOME, "damaged.docx", new byte[] {'P', 'K', 3, 4, 0, 0});
    Answer damaged = read("damaged.docx");
    assertThat(damaged.status()).isEqualTo(422);
    assertThat(damaged.detail()).isEqualTo("The document is damaged or not what its name says");
    Answer preview = alice.get("/files/view?preview=true&path=letter.rtf");
    if (Files.isExecutable(Path.of("/usr/bin/soffice"))) {
      assertThat(preview.status()).as(preview.body()).isEqualTo(200);
      assertThat(preview.body()).startsWith("%PDF");
    } else {
      assertThat(preview.status()).isEqualTo(415);
    }
    write("plain.txt", "as it is");
    assertThat(alice.get("/files/view?preview=true&path=plain.txt").body()).isEqualTo("as it is");
  }

  /**
   * Tests reading documents through the login. The program documents has tests of its own for their
   * content.
   */
  @Test
  void readsDocumentsAsTheyAreShown() {
    write(
        "m.eml",
        """
        From: =?iso-8859-1?Q?J=F6rg?= <j@example.org>
        To: a@example.org
        Subject: Hi
        Content-Type: text/plain; charset=iso-8859-1
        Content-Transfer-Encoding: quoted-printable

        Sch=F6ne Gr=FC=DFe
        """);
    assertThat(content("m.eml"))
        .startsWith(
            """
            From: Jörg <j@example.org>
            To: a@example.org
            Subject: Hi

            Schöne Grüße
            """);
    write("d.rtf", "{\\rtf1\\ansi\\pard Price: {\\deleted 100}{\\revised 200}\\par}");
    assertThat(content("d.rtf").strip()).isEqualTo("Price: 200");
    shell(
        "python3 -c \"import zipfile; z=zipfile.ZipFile('s.ods','w');"
            + " z.writestr('mimetype','application/vnd.oasis.opendocument.spreadsheet');"
            + " o='urn:oasis:names:tc:opendocument:xmlns:'; p=lambda t:"
            + " '<t:table-cell><x:p>'+t+'</x:p></t:table-cell>';"
            + " z.writestr('content.xml','<o:document-content xmlns:o=\\\"'+o+'office:1.0\\\""
            + " xmlns:t=\\\"'+o+'table:1.0\\\""
            + " xmlns:x=\\\"'+o+'text:1.0\\\"><o:body><o:spreadsheet><t:table"
            + " t:name=\\\"S\\\"><t:table-row>'+p('a')+'<t:table-cell/>'+p('c')+'</t:table-row></t:table></o:spreadsheet></o:body></o:document-content>');"
            + " z.close()\"");
    assertThat(content("s.ods").strip()).isEqualTo("S\na\t\tc");
  }

  @Test
  void survivesADocumentThatUnpacksToMoreThanThereIs() {
    shell(
        "python3 -c \"import zipfile; z=zipfile.ZipFile('bomb.docx','w',zipfile.ZIP_DEFLATED);"
            + " z.writestr('[Content_Types].xml','<Types"
            + " xmlns=\\\"http://schemas.openxmlformats.org/package/2006/content-types\\\"><Default"
            + " Extension=\\\"xml\\\""
            + " ContentType=\\\"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml\\\"/></Types>');"
            + " f=z.open('word/document.xml','w',force_zip64=True); [f.write(b'<w:p>'*200000) for _"
            + " in range(2000)]; f.close()\"");
    Answer bomb = read("bomb.docx");
    assertThat(bomb.status()).isEqualTo(422);
    assertThat(bob.run("echo fine").output()).isEqualTo("fine\n");
    assertThat(shell("pgrep -u ghitalice java || echo none")).isEqualTo("none\n");
  }

  @Test
  void comparesTwoFiles() {
    write("c1.txt", "one\ntwo\n");
    write("c2.txt", "one\n2\n");
    JsonNode comparison =
        alice.post("/files/compare", Map.of("original", "c1.txt", "revised", "c2.txt")).json();
    assertThat(comparison.path("additions").asInt()).isOne();
    assertThat(comparison.at("/hunks/0/header").asText()).isEqualTo("@@ -1,2 +1,2 @@");
    assertThat(comparison.at("/original/path").asText()).isEqualTo(HOME + "/c1.txt");
    Answer missing =
        alice.post("/files/compare", Map.of("original", "c1.txt", "revised", "none.txt"));
    assertThat(missing.status()).isEqualTo(404);
    assertThat(missing.detail()).isEqualTo("none.txt: File not found.");
  }

  @Test
  void replacesAllOrNothing() {
    write("r.txt", "a b a\nc a\n");
    Map<String, Object> first = Map.of("target", "b", "replacement", "B");
    assertThat(replace("r.txt", first, Map.of("target", "a", "replacement", "A")).status())
        .isEqualTo(400);
    assertThat(replace("r.txt", first, Map.of("target", "zz", "replacement", "")).detail())
        .isEqualTo("Target string not found: 'zz'");
    assertThat(shell("cat r.txt")).isEqualTo("a b a\nc a\n");
    assertThat(
            replace(
                    "r.txt",
                    first,
                    Map.of("target", "a", "replacement", "A", "start_line", 2, "end_line", 2))
                .json()
                .path("size")
                .asInt())
        .isEqualTo(10);
    assertThat(
            replace("r.txt", Map.of("target", "a", "replacement", "x", "allow_multiple", true))
                .status())
        .isEqualTo(200);
    assertThat(shell("cat r.txt")).isEqualTo("x B x\nc A\n");
    assertThat(replace("none.txt", first).status()).isEqualTo(404);
  }

  private static Answer replace(String path, Map<?, ?>... replacements) {
    return alice.post(
        "/files/replace", Map.of("path", path, "replacements", Arrays.asList(replacements)));
  }

  @Test
  void makesMovesAndDeletes() {
    assertThat(alice.post("/files/mkdir", Map.of("path", "m/a/b")).json().path("path").asText())
        .isEqualTo(HOME + "/m/a/b");
    assertThat(alice.post("/files/mkdir", Map.of("path", "m/a/b")).status()).isEqualTo(200);
    write("m/file", "x");
    assertThat(alice.post("/files/mkdir", Map.of("path", "m/file/c")).status()).isEqualTo(400);
    assertThat(move("m/file", "m/a/moved").status()).isEqualTo(200);
    assertThat(move("m/file", "m/other").status()).isEqualTo(404);
    assertThat(move("m/a", "m/no/where").status()).isEqualTo(400);
    write("m/second", "y");
    assertThat(move("m/second", "m/a/moved").status()).isEqualTo(409);
    assertThat(shell("cat m/a/moved m/second")).isEqualTo("xy");
    // Another file system.
    assertThat(move("m/a", "/dev/shm/ghit-moved").status()).isEqualTo(200);
    assertThat(move("/dev/shm/ghit-moved", "m/back").status()).isEqualTo(200);
    assertThat(shell("cat m/back/moved")).isEqualTo("x");
    assertThat(move("m", "m/back/into-itself").status()).isEqualTo(400);

    shell("mkdir out; echo kept > out/kept; ln -s ../out m/back/link; ln -s out outlink");
    assertThat(alice.delete("/files/delete?path=m/back").json().path("type").asText())
        .isEqualTo("directory");
    assertThat(shell("cat out/kept; ls m")).isEqualTo("kept\nsecond\n");
    alice.delete("/files/delete?path=outlink");
    assertThat(shell("cat out/kept; ls -d outlink 2>&1 || true")).startsWith("kept\nls: ");
    assertThat(alice.delete("/files/delete?path=m/back").status()).isEqualTo(404);
    for (String path : List.of(HOME, "/", "/home", ".", "/home/user", "out/..")) {
      assertThat(alice.delete("/files/delete?path=" + encode(path)).status())
          .as(path)
          .isEqualTo(400);
    }
    assertThat(alice.delete("/files/delete?path=/etc/passwd").status()).isEqualTo(403);
    assertThat(alice.delete("/files/delete?path=/usr/share").status()).isEqualTo(403);
  }

  /** Open WebUI sends each rename twice, see RecentMoves. */
  @Test
  void answersAMoveThatIsSentTwiceAsOne() {
    shell("mkdir twice; echo x > twice/a; mkdir twice/d; echo y > twice/d/in");
    for (String name : List.of("a", "d")) {
      String source = "twice/" + name;
      List<Answer> both =
          Stream.of(1, 2)
              .map(each -> CompletableFuture.supplyAsync(() -> move(source, source + "2")))
              .toList()
              .stream()
              .map(CompletableFuture::join)
              .toList();
      assertThat(both).extracting(Answer::status).containsExactly(200, 200);
      assertThat(both.getFirst().body()).isEqualTo(both.getLast().body());
    }
    assertThat(shell("cd twice; ls -1A; cat a2 d2/in")).isEqualTo("a2\nd2\nx\ny\n");
    assertThat(move("twice/a", "twice/a2").status()).isEqualTo(200);

    assertThat(move("twice/a", "twice/d2").detail()).isEqualTo("Source path not found");
    assertThat(move("twice/none", "twice/a2").detail()).isEqualTo("Source path not found");
    assertThat(bob.post("/files/move", moved(HOME + "/twice/a", HOME + "/twice/a2")).status())
        .isEqualTo(403);
    shell("echo a third > twice/a");
    assertThat(move("twice/a", "twice/a2").detail()).isEqualTo("Destination already exists");
    shell("rm twice/a; echo other >> twice/a2");
    assertThat(move("twice/a", "twice/a2").detail()).isEqualTo("Source path not found");
    shell("rm twice/a2");
    assertThat(move("twice/a", "twice/a2").detail()).isEqualTo("Source path not found");
  }

  @Test
  void answersAMoveToAnotherFileSystemThatIsSentTwiceAsOne() {
    shell("mkdir far; head -c 20000000 /dev/zero > far/zeros");
    List<Answer> both =
        Stream.of(1, 2)
            .map(each -> CompletableFuture.supplyAsync(() -> move("far", "/dev/shm/ghit-far")))
            .toList()
            .stream()
            .map(CompletableFuture::join)
            .toList();
    assertThat(both).extracting(Answer::status).containsExactly(200, 200);
    assertThat(shell("stat -c %s /dev/shm/ghit-far/zeros; rm -r /dev/shm/ghit-far; ls -d far || :"))
        .startsWith("20000000\n");
  }

  private static Map<String, String> moved(String source, String destination) {
    return Map.of("source", source, "destination", destination);
  }

  private static Answer move(String source, String destination) {
    return alice.post("/files/move", moved(source, destination));
  }

  @Test
  void viewsWholeFilesAndParts() {
    byte[] content = new byte[3_000_000];
    new Random(2).nextBytes(content);
    assertThat(alice.upload(HOME, "view.bin", content).json().path("size").asInt())
        .isEqualTo(content.length);
    String path = "/files/view?path=view.bin";
    HttpResponse<byte[]> whole = alice.bytes(path);
    assertThat(whole.body()).isEqualTo(content);
    assertThat(whole.headers().firstValue("Content-Length")).contains("3000000");
    assertThat(whole.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
    record Part(String range, int first, int last) {}
    for (Part part :
        List.of(
            new Part("bytes=0-0", 0, 0),
            new Part("bytes=1000000-1999999", 1_000_000, 1_999_999),
            new Part("bytes=2999990-", 2_999_990, 2_999_999),
            new Part("bytes=-5", 2_999_995, 2_999_999))) {
      HttpResponse<byte[]> response = alice.with("Range", part.range()).bytes(path);
      assertThat(response.statusCode()).isEqualTo(206);
      assertThat(response.headers().firstValue("Content-Range"))
          .contains("bytes " + part.first() + "-" + part.last() + "/3000000");
      assertThat(response.body())
          .isEqualTo(Arrays.copyOfRange(content, part.first(), part.last() + 1));
    }
    assertThat(alice.with("Range", "bytes=3000000-").bytes(path).statusCode()).isEqualTo(416);
    assertThat(alice.with("Range", "bytes=0-9").with("If-Range", "\"old\"").bytes(path).body())
        .hasSize(3_000_000);
    assertThat(alice.bytes("/files/serve" + HOME + "/view.bin").body()).isEqualTo(content);
    assertThat(alice.bytes("/files/view?path=" + HOME).statusCode()).isEqualTo(404);
  }

  /** Each change keeps size and time, as far as SFTP tells. */
  @ParameterizedTest
  @CsvSource({"9", "300000"})
  void tellsVersionsApartThatLookAlike(int size) {
    shell("mkdir -p v; cd v; head -c " + size + " /dev/zero > f; touch -d 2020-02-02 f");
    String path = "/files/view?path=v/f";
    String modified = "Sun, 02 Feb 2020 00:00:00 GMT";
    for (String change :
        List.of(
            "printf 1 | dd of=f conv=notrunc status=none; touch -d 2020-02-02 f",
            "cp -p f ref; tr '\\000' 2 < f > g; touch -r ref g; mv g f; rm ref",
            "cp -p f g; printf 3 | dd of=f conv=notrunc status=none; touch -r g f",
            "mkdir -p o; tr 3 4 < f > o/f; touch -r f o/f; cp -p o/f f")) {
      HttpResponse<byte[]> first = settled(path);
      String tag = first.headers().firstValue("ETag").orElseThrow();
      assertThat(tag).matches("\"[0-9a-f]{32}\"");
      assertThat(first.headers().firstValue("Last-Modified")).contains(modified);
      assertThat(alice.with("If-None-Match", tag).bytes(path).statusCode()).isEqualTo(304);
      assertThat(alice.with("If-None-Match", "\"x\", W/" + tag).bytes(path).statusCode())
          .isEqualTo(304);
      Client resuming = alice.with("Range", "bytes=5-").with("If-Range", tag);
      assertThat(resuming.bytes(path).statusCode()).isEqualTo(206);

      shell("cd v; " + change);
      byte[] now = alice.bytes(path).body();
      assertThat(now).hasSize(size);
      HttpResponse<byte[]> conditional = alice.with("If-None-Match", tag).bytes(path);
      assertThat(conditional.statusCode()).as(change).isEqualTo(200);
      assertThat(conditional.body()).isEqualTo(now);
      assertThat(resuming.bytes(path).statusCode()).as(change).isEqualTo(200);
      assertThat(alice.with("If-Modified-Since", modified).bytes(path).statusCode())
          .as(change)
          .isEqualTo(200);
    }
    for (String date : List.of(modified, "\"x\"")) {
      Client resuming = alice.with("Range", "bytes=5-").with("If-Range", date);
      assertThat(resuming.bytes(path).statusCode()).isEqualTo(200);
    }
  }

  /** With a range a tag is worth a program in the login; a large file just changed has none. */
  private static HttpResponse<byte[]> settled(String path) {
    Client ranged = alice.with("Range", "bytes=0-0");
    await()
        .atMost(Duration.ofSeconds(10))
        .until(() -> ranged.bytes(path).headers().firstValue("ETag").isPresent());
    return ranged.bytes(path);
  }

  @Test
  void tellsTwoWritesWithinASecondApart() {
    write("quick.html", "<b>1</b>");
    HttpResponse<byte[]> first = alice.bytes("/files/view?path=quick.html");
    write("quick.html", "<b>2</b>");
    assertThat(first.headers().firstValue("Last-Modified")).isEmpty();
    HttpResponse<byte[]> second =
        alice
            .with("If-None-Match", first.headers().firstValue("ETag").orElseThrow())
            .bytes("/files/view?path=quick.html");
    assertThat(second.statusCode()).isEqualTo(200);
    assertThat(second.body()).asString().isEqualTo("<b>2</b>");
  }

  @Test
  void knowsAFileByItsDateIfNothingHappenedAfterIt() {
    write("dated.txt", "x");
    await()
        .atMost(Duration.ofSeconds(10))
        .until(
            () ->
                alice
                    .bytes("/files/view?path=dated.txt")
                    .headers()
                    .firstValue("Last-Modified")
                    .isPresent());
    String date =
        alice
            .bytes("/files/view?path=dated.txt")
            .headers()
            .firstValue("Last-Modified")
            .orElseThrow();
    assertThat(alice.with("If-Modified-Since", date).bytes("/files/view?path=dated.txt"))
        .extracting(HttpResponse::statusCode)
        .isEqualTo(304);
    for (String other : List.of("Sun, 01 Jan 2040 00:00:00 GMT", "yesterday")) {
      assertThat(alice.with("If-Modified-Since", other).bytes("/files/view?path=dated.txt").body())
          .hasSize(1);
    }
  }

  @Test
  void answersHeadWithWhatGetHas() {
    byte[] content = new byte[300_000];
    alice.upload(HOME, "head.bin", content);
    alice.upload(HOME, "head.txt", new byte[] {'a', 'b'});
    for (String path : List.of("/files/view?path=head.bin", "/files/serve" + HOME + "/head.txt")) {
      HttpResponse<byte[]> get = settled(path);
      Answer head = alice.send("HEAD", path, null);
      assertThat(head.status()).isEqualTo(200);
      assertThat(head.body()).isEmpty();
      for (String name : List.of("ETag", "Content-Type", "Content-Security-Policy")) {
        assertThat(head.response().headers().firstValue(name))
            .isPresent()
            .isEqualTo(get.headers().firstValue(name));
      }
      assertThat(head.response().headers().firstValue("Content-Length"))
          .contains(path.endsWith("txt") ? "2" : "300000");
    }
    assertThat(alice.send("HEAD", "/files/view?path=missing", null).status()).isEqualTo(404);
    for (String path : List.of("/files/list?directory=/", "/files/read?path=head.txt")) {
      Answer head = alice.send("HEAD", path, null);
      assertThat(head.status()).isEqualTo(200);
      assertThat(head.response().headers().firstValue("Content-Length")).isEmpty();
    }
  }

  @Test
  void opensNothingThatIsNoRegularFile() {
    shell(
        "mkdir -p odd/tree; cd odd; mkfifo pipe pipe.docx tree/pipe; ln -s pipe link;"
            + " ln -s /dev/zero zero; ln -s /dev/tty tty; echo x > tree/plain; python3 -c"
            + " \"import socket; socket.socket(socket.AF_UNIX).bind('socket')\"");
    List<String> refused = new ArrayList<>();
    for (String name :
        List.of("pipe", "pipe.docx", "link", "zero", "tty", "socket", "/dev/random", "/dev/null")) {
      String path = name.startsWith("/") ? name : HOME + "/odd/" + name;
      for (String operation :
          List.of("grep?query=x&path=", "read?path=", "view?path=", "view?preview=true&path=")) {
        refused.add(quickly(path, () -> alice.get("/files/" + operation + encode(path))));
      }
      refused.add(quickly(path, () -> alice.get("/files/serve" + path)));
      refused.add(quickly(path, () -> alice.send("HEAD", "/files/view?path=" + path, null)));
      refused.add(quickly(path, () -> write(path, "x")));
      refused.add(quickly(path, () -> replace(path, Map.of("target", "x", "replacement", "y"))));
      refused.add(
          quickly(
              path,
              () ->
                  alice.post(
                      "/files/compare",
                      Map.of("original", HOME + "/odd/tree/plain", "revised", path))));
      String parent = path.substring(0, path.lastIndexOf('/'));
      refused.add(
          quickly(
              path,
              () -> alice.upload(parent, path.substring(parent.length() + 1), new byte[] {1})));
      if (!List.of("link", "zero", "tty").contains(name)) {
        refused.add(
            quickly(path, () -> alice.post("/files/archive", Map.of("paths", List.of(path)))));
      }
      assertThat(alice.get("/files/display?path=" + path).json().path("exists").asBoolean())
          .isFalse();
    }
    assertThat(refused)
        .allSatisfy(
            answer ->
                assertThat(answer)
                    .matches(
                        "400 (|This is not a regular file but a pipe, a socket or a device: .*)"));
    assertThat(filesWith("query=x&path=odd/tree")).containsExactly("odd/tree/plain");
    assertThat(paths(alice.get("/files/matches?path=odd&query=plain").json().path("results")))
        .containsExactly(HOME + "/odd/tree/plain");
    assertThat(move("odd/pipe", "odd/moved").status()).isEqualTo(200);
    assertThat(move("odd/moved", "/dev/shm/ghit-pipe").status()).isEqualTo(200);
    for (String path : List.of("/dev/shm/ghit-pipe", "odd/socket", "odd/zero", "odd")) {
      assertThat(alice.delete("/files/delete?path=" + path).status()).as(path).isEqualTo(200);
    }
  }

  private static List<String> filesWith(String query) {
    List<String> found = new ArrayList<>();
    alice
        .get("/files/grep?" + query)
        .json()
        .path("matches")
        .forEach(match -> found.add(match.path("file").asText().substring(HOME.length() + 1)));
    return found;
  }

  /** Status and sentence of an answer that must not wait. */
  private static String quickly(String path, Supplier<Answer> request) {
    long begin = System.nanoTime();
    Answer answer = request.get();
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).as(path).isLessThan(TWO_SECONDS);
    return answer.status() + " " + (answer.body().isEmpty() ? "" : answer.detail());
  }

  /** They are regular files that say that they have no bytes. */
  @Test
  void readsFilesThatDoNotSayTheirSize() {
    assertThat(alice.bytes("/files/view?path=/proc/self/status").body())
        .asString()
        .startsWith("Name:\t");
    assertThat(read("/proc/version").json().path("content").asText()).startsWith("Linux version");
    shell(": > nothing");
    assertThat(alice.bytes("/files/view?path=nothing").body()).isEmpty();
    for (String operation : List.of("view", "read")) {
      Answer large = alice.get("/files/" + operation + "?path=/proc/kallsyms");
      assertThat(large.status()).isEqualTo(413);
      assertThat(large.detail()).contains("has more than 1048576 bytes: /proc/kallsyms");
    }
  }

  @Test
  void tellsTimesOutsideOfThirtyTwoBits() throws IOException {
    shell(
        "mkdir times; cd times; touch -d '1960-01-01 UTC' old; touch -d '1890-06-01 UTC' older;"
            + " touch -d '2096-02-06 UTC' late; touch -d '2242-01-01 UTC' later; touch -d"
            + " '1969-12-31 23:59:59.5 UTC' last; touch -d '2020-01-01 UTC' plain; touch now");
    Map<String, String> times = new HashMap<>();
    for (String line : shell("stat -c '%n %Y' times/*").lines().toList()) {
      times.put(line.substring(6, line.indexOf(' ')), line.substring(line.indexOf(' ') + 1));
    }
    Map<String, String> listed = new HashMap<>();
    alice
        .get("/files/list?directory=times")
        .json()
        .path("entries")
        .forEach(e -> listed.put(e.path("name").asText(), e.path("modified").asText()));
    assertThat(listed).isEqualTo(times).containsEntry("old", "-315619200");
    assertThat(
            Map.of(
                "old", "Fri, 01 Jan 1960 00:00:00 GMT", "plain", "Wed, 01 Jan 2020 00:00:00 GMT"))
        .allSatisfy(
            (name, date) ->
                assertThat(
                        alice
                            .bytes("/files/view?path=times/" + name)
                            .headers()
                            .firstValue("Last-Modified"))
                    .contains(date));
    // A time in the future does not distinguish the next version.
    assertThat(alice.bytes("/files/view?path=times/late").headers().firstValue("Last-Modified"))
        .isEmpty();
    alice
        .get("/files/glob?path=times&pattern=*")
        .json()
        .path("matches")
        .forEach(
            match ->
                assertThat((long) Math.floor(match.path("modified").asDouble()))
                    .isEqualTo(Long.parseLong(times.get(match.path("path").asText()))));
    JsonNode found = alice.get("/files/search?path=times&query=old").json().path("results");
    assertThat(found.at("/0/modified").asLong()).isEqualTo(-315619200);
    alice.upload(HOME, "times.zip", archive("times").body());
    // The extended timestamp (0x5455, "UT") has seconds with a sign.
    assertThat(
            shell(
                "python3 -c \"import zipfile; e=zipfile.ZipFile('times.zip').getinfo('times/old')"
                    + ".extra; i=e.index(b'UT'); print(int.from_bytes(e[i+5:i+9], 'little',"
                    + " signed=True))\""))
        .startsWith("-315619200\n");
  }

  @Test
  void servesActiveContentInASandbox() {
    write("page.html", "<script>alert(1)</script>");
    write("image.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>");
    write("plain.txt", "hello");
    write("feed.rss", "<x:script xmlns:x='http://www.w3.org/1999/xhtml'>alert(1)</x:script>");
    for (String name : List.of("page.html", "image.svg", "feed.rss", "plain.txt")) {
      for (String path : List.of("/files/view?path=" + name, "/files/serve" + HOME + "/" + name)) {
        HttpResponse<byte[]> response = alice.bytes(path);
        assertThat(response.headers().firstValue("Content-Security-Policy"))
            .contains("sandbox allow-scripts allow-forms allow-downloads");
        assertThat(response.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
      }
    }
    HttpResponse<byte[]> plain = alice.bytes("/files/view?path=plain.txt");
    assertThat(plain.headers().firstValue("Content-Type"))
        .hasValueSatisfying(
            type -> assertThat(type).isEqualToIgnoringWhitespace("text/plain;charset=utf-8"));
  }

  @Test
  void takesUploadsOfAnyName() {
    for (String name :
        List.of(
            "with space.txt",
            "ünïcödé ✓.txt",
            "it's.txt",
            "-rf",
            "*?.txt",
            "a\\b.txt",
            "ends in \\",
            " blanks ",
            "tab\tand\u0001",
            "say \"hi\".txt",
            "two\nlines\r",
            "100%.txt",
            "$(id);`id`",
            "😀",
            "e\u0301 é")) {
      String sent = name.replace("\"", "%22").replace("\n", "%0A").replace("\r", "%0D");
      Answer uploaded = alice.upload(HOME + "/names/deep", sent, new byte[] {1, 2, 3});
      assertThat(uploaded.status()).as(name).isEqualTo(200);
      assertThat(uploaded.json().path("path").asText()).isEqualTo(HOME + "/names/deep/" + name);
      assertThat(unzipNames(archive("names/deep/" + name).body())).containsExactly(name);
      assertThat(alice.bytes("/files/view?path=names/deep/" + encode(name)).body())
          .containsExactly(1, 2, 3);
    }
    assertThat(alice.upload(HOME, "folder/name.txt", new byte[1]).json().path("path").asText())
        .isEqualTo(HOME + "/name.txt");
    for (String name : List.of("..", ".", "x".repeat(256), "a\0b")) {
      assertThat(alice.upload(HOME, name, new byte[1]).status()).as(name).isEqualTo(400);
    }
    assertThat(alice.upload(HOME, "", new byte[1]).json().path("path").asText())
        .isEqualTo(HOME + "/upload");
    Answer none = alice.post("/files/upload?directory=x", Map.of());
    assertThat(none.status()).isEqualTo(422);
    assertThat(none.json().at("/detail/0/loc").toString()).isEqualTo("[\"body\",\"file\"]");
  }

  @Test
  void leavesNothingOfAnUploadThatIsBrokenOff() throws Exception {
    String head =
        "POST /files/upload?directory=broken HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
            + KEY
            + "\r\nX-User-Id: alice\r\nContent-Type: multipart/form-data; boundary=b\r\n"
            + "Content-Length: 9000000\r\n\r\n--b\r\nContent-Disposition: form-data; name=\"file\";"
            + " filename=\"half\"\r\n\r\n";
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), gateway.port())) {
      socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
      socket.getOutputStream().write(new byte[4_000_000]);
      socket.getOutputStream().flush();
      awaitInBroken(".gatehouse-");
    }
    awaitInBroken("");
  }

  /**
   * Waits until the name of the folder's only entry begins with this; if this is empty, until the
   * folder is empty.
   */
  private static void awaitInBroken(String beginning) {
    await()
        .untilAsserted(
            () -> {
              String entries = shell("ls -A broken 2>/dev/null || echo none");
              if (beginning.isEmpty()) {
                assertThat(entries).isEmpty();
              } else {
                assertThat(entries).startsWith(beginning);
              }
            });
  }

  @Test
  void refusesAnUploadThatIsTooLarge() {
    assertThat(alice.upload(HOME, "huge", zeros(300_000_001)).status()).isEqualTo(413);
    assertThat(shell("ls huge .gatehouse* 2>/dev/null || true")).isEmpty();
  }

  /** Larger than this JVM's heap, in which the gateway runs too. */
  @Test
  void takesAndGivesFilesLargerThanItsMemory() {
    assertThat(alice.upload(HOME, "large", zeros(290_000_000)).json().path("size").asLong())
        .isEqualTo(290_000_000);
    assertThat(shell("sha256sum < large"))
        .isEqualTo(RealSshd.run("/bin/bash", "-c", "head -c 290000000 /dev/zero | sha256sum"));
    assertThat(alice.size("/files/view?path=large")).isEqualTo(290_000_000);
    shell("rm large");
  }

  private static HttpRequest.BodyPublisher zeros(int count) {
    return BodyPublishers.ofInputStream(() -> new BoundedInput(count));
  }

  /** A stream of this many zero bytes. */
  private static final class BoundedInput extends InputStream {

    private int left;

    private BoundedInput(int count) {
      left = count;
    }

    @Override
    public int read() {
      return left-- > 0 ? 0 : -1;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
      if (left <= 0) {
        return -1;
      }
      int count = Math.min(left, length);
      Arrays.fill(target, offset, offset + count, (byte) 0);
      left -= count;
      return count;
    }
  }

  @Test
  void worksWithNamesThatAreNotUtf8() {
    shell(
        "mkdir raw; printf content > raw/$'caf\\xe9 \\xff.txt'; printf x > raw/$'\\xee\\xbe\\x80'");
    JsonNode entries = alice.get("/files/list?directory=raw").json().path("entries");
    assertThat(entries).hasSize(2);
    for (JsonNode entry : entries) {
      String path = "raw/" + entry.path("name").asText();
      assertThat(alice.bytes("/files/view?path=" + encode(path)).statusCode()).isEqualTo(200);
    }
    JsonNode found = alice.get("/files/grep?path=raw&query=content").json().path("matches");
    assertThat(found).hasSize(1);
    assertThat(read(found.get(0).path("file").asText()).json().path("content").asText())
        .isEqualTo("content");
    shell("mkdir raw/$'dir\\xfe'; touch raw/$'dir\\xfe'/x");
    for (JsonNode entry : alice.get("/files/list?directory=raw").json().path("entries")) {
      String path = "raw/" + entry.path("name").asText();
      assertThat(alice.delete("/files/delete?path=" + encode(path)).status()).isEqualTo(200);
    }
    assertThat(shell("ls -A raw")).isEmpty();
  }

  @Test
  void archivesFoldersWithTheirLinks() throws IOException {
    shell(
        "mkdir -p z/sub/empty; echo one > z/one; echo two > 'z/sub/two ü'; ln -s /etc/passwd z/out;"
            + " echo no > z/closed; chmod 000 z/closed");
    HttpResponse<byte[]> response = archive("z");
    assertThat(response.headers().firstValue("Content-Disposition"))
        .contains("attachment; filename=\"z.zip\"");
    Map<String, String> entries = unzip(response.body());
    assertThat(entries)
        .containsEntry("z/one", "one\n")
        .containsEntry("z/sub/two ü", "two\n")
        .containsEntry("z/sub/empty/", "")
        .containsEntry("z/out", "/etc/passwd");
    assertThat(entries.get("_errors.txt")).contains("z/closed").contains("Permission denied");
    shell("mkdir unzipped");
    alice.upload(HOME + "/unzipped", "z.zip", response.body());
    assertThat(
            shell(
                "cd unzipped; python3 -c \"import zipfile; z=zipfile.ZipFile('z.zip');"
                    + " print(z.testzip(), oct(z.getinfo('z/out').external_attr >> 16))\""))
        .isEqualTo("None 0o120777\n");
    shell("echo x > 'quo\"te ü.txt'");
    assertThat(archive("quo\"te ü.txt").headers().firstValue("Content-Disposition"))
        .contains(
            "attachment; filename=\"quo_te _.txt.zip\";"
                + " filename*=UTF-8''quo%22te%20%C3%BC.txt.zip");
    assertThat(alice.post("/files/archive", Map.of("paths", List.of())).status()).isEqualTo(400);
    assertThat(alice.post("/files/archive", Map.of("paths", List.of("none"))).status())
        .isEqualTo(404);
  }

  private static HttpResponse<byte[]> archive(String path) {
    return alice.postForBytes("/files/archive", Map.of("paths", List.of(path)));
  }

  private static List<String> unzipNames(byte[] bytes) {
    try {
      return List.copyOf(unzip(bytes).keySet());
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private static Map<String, String> unzip(byte[] bytes) throws IOException {
    Map<String, String> entries = new HashMap<>();
    try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(bytes))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        entries.put(entry.getName(), new String(zip.readAllBytes(), StandardCharsets.UTF_8));
      }
    }
    return entries;
  }

  @Test
  void grepsInTheLogin() {
    shell(
        "mkdir -p g/.hidden g/.git; cd g; printf 'alpha\\nBeta (x)\\n' > a.py; echo alpha > b.txt;"
            + " echo alpha > .hidden/c.py; echo alpha > .git/d; printf 'alpha\\0' > binary;"
            + " echo 'b.txt' > .gitignore; echo echo noise >> ~/.bashrc");
    JsonNode all = grep("query=alpha");
    assertThat(files(all)).containsExactly(".git/d", ".hidden/c.py", "a.py", "b.txt");
    assertThat(all.at("/matches/2/line").asInt()).isEqualTo(1);
    assertThat(all.at("/matches/2/content").asText()).isEqualTo("alpha");
    assertThat(all.path("truncated").asBoolean()).isFalse();
    assertThat(files(grep("query=alpha&include=*.py"))).containsExactly(".hidden/c.py", "a.py");
    assertThat(files(grep("query=beta&case_insensitive=true"))).containsExactly("a.py");
    assertThat(files(grep("query=" + encode("Beta (x)") + "&regex=false"))).containsExactly("a.py");
    assertThat(files(grep("query=" + encode("(?<=Be)ta")))).containsExactly("a.py");
    assertThat(grep("query=alpha&max_results=2").path("truncated").asBoolean()).isTrue();
    assertThat(grep("query=alpha&match_per_line=false").at("/matches/0").toString())
        .isEqualTo("{\"file\":\"" + HOME + "/g/.git/d\"}");
    Answer wrong = alice.get("/files/grep?path=g&query=" + encode("(unclosed"));
    assertThat(wrong.status()).isEqualTo(400);
    assertThat(wrong.detail()).startsWith("Invalid regex: ");
    assertThat(alice.get("/files/grep?path=none&query=x").status()).isEqualTo(404);
    for (String query : List.of("$(touch pwned)", "'; touch pwned; '", "-e x", "--pre=sh", "\\")) {
      assertThat(
              alice
                  .get("/files/grep?path=g&regex=false&query=" + encode(query))
                  .json()
                  .path("matches"))
          .as(query)
          .isEmpty();
    }
    assertThat(shell("cd; ls pwned g/pwned 2>/dev/null || true; sed -i /noise/d ~/.bashrc"))
        .doesNotContain("pwned");
  }

  private static JsonNode grep(String query) {
    return alice.get("/files/grep?path=g&" + query).json();
  }

  private static List<String> files(JsonNode result) {
    List<String> files = new ArrayList<>();
    result
        .path("matches")
        .forEach(match -> files.add(match.path("file").asText().substring(HOME.length() + 3)));
    return files;
  }

  @Test
  void endsASearchThatTakesTooLong() {
    shell("mkdir slow; python3 -c \"print('a'*200000 + 'b')\" > slow/evil; mkfifo slow/pipe");
    long begin = System.nanoTime();
    Answer answer = alice.get("/files/grep?path=slow&query=" + encode("(?=(a+)+$)x\\1"));
    assertThat(answer.status()).isIn(200, 400);
    assertThat(System.nanoTime() - begin).isLessThan(15_000_000_000L);
    assertThat(alice.get("/files/grep?path=/proc&query=zzzzqq&regex=false").status())
        .isEqualTo(200);
  }

  @Test
  void findsByPatternAndByName() {
    shell(
        "mkdir -p f/src/deep f/.cache; cd f; touch main.py src/main.py src/deep/util.py readme.md"
            + " .cache/main.py 'src/[x].py'; ln -s src link; ln -s nowhere gone; printf 12345 >"
            + " sized");
    assertThat(paths(alice.get("/files/glob?path=f&pattern=*.py").json().path("matches")))
        .containsExactlyInAnyOrder(
            ".cache/main.py", "main.py", "src/[x].py", "src/deep/util.py", "src/main.py");
    assertThat(
            paths(alice.get("/files/glob?path=f&pattern=src/*&type=file").json().path("matches")))
        .containsExactlyInAnyOrder("src/[x].py", "src/deep/util.py", "src/main.py");
    assertThat(
            paths(
                alice
                    .get("/files/glob?path=f&pattern=*&type=directory&exclude=.*")
                    .json()
                    .path("matches")))
        .containsExactlyInAnyOrder("src", "src/deep", "link");
    assertThat(alice.get("/files/glob?path=f&pattern=sized").json().at("/matches/0/size").asInt())
        .isEqualTo(5);
    assertThat(
            alice
                .get("/files/glob?path=f&pattern=*&max_results=1")
                .json()
                .path("truncated")
                .asBoolean())
        .isTrue();
    assertThat(alice.get("/files/glob?path=f&pattern=*&type=pipe").status()).isEqualTo(422);

    JsonNode search = alice.get("/files/search?path=f&query=MAIN").json().path("results");
    assertThat(paths(search)).containsExactly(HOME + "/f/main.py", HOME + "/f/src/main.py");
    assertThat(search.at("/0/name").asText()).isEqualTo("main.py");
    assertThat(alice.get("/files/search?path=f&query=main&show_hidden=true").json().path("results"))
        .hasSize(3);
    assertThat(alice.get("/files/search?path=f&query=src&type=directory").json().path("results"))
        .hasSize(1);
    assertThat(alice.get("/files/search?path=none").status()).isEqualTo(404);
  }

  private static List<String> paths(JsonNode results) {
    List<String> paths = new ArrayList<>();
    results.forEach(result -> paths.add(result.path("path").asText()));
    return paths;
  }

  @Test
  void matchesByNamePathAndContentAtOnce() {
    shell(
        "mkdir -p x/needle-dir x/other; cd x; echo 'ä Needle here' > other/text; touch needle"
            + " needle.txt needle-dir/inside other/none; echo needle > .hidden");
    JsonNode results = alice.get("/files/matches?path=x&query=needle").json().path("results");
    assertThat(paths(results))
        .containsExactly(
            HOME + "/x/needle",
            HOME + "/x/needle-dir",
            HOME + "/x/needle.txt",
            HOME + "/x/needle-dir/inside",
            HOME + "/x/other/text");
    JsonNode text = results.get(4);
    assertThat(text.path("name_match").asBoolean()).isFalse();
    assertThat(text.at("/content_matches/0").toString())
        .isEqualTo("{\"line\":1,\"column\":3,\"text\":\"ä Needle here\"}");
    JsonNode page = alice.get("/files/matches?path=x&query=needle&limit=2").json();
    assertThat(page.path("next_offset").asInt()).isEqualTo(2);
    assertThat(
            alice
                .get("/files/matches?path=x&query=needle&offset=4")
                .json()
                .path("next_offset")
                .isNull())
        .isTrue();
    assertThat(alice.get("/files/matches?path=x&query=%20").status()).isEqualTo(400);
    assertThat(alice.get("/files/matches?path=x&query=-n").status()).isEqualTo(200);

    shell("cd x; git init -q . && echo needle.txt > .gitignore");
    assertThat(paths(alice.get("/files/matches?path=x&query=needle").json().path("results")))
        .doesNotContain(HOME + "/x/needle.txt")
        .contains(HOME + "/x/needle-dir");
  }

  @ParameterizedTest
  @ValueSource(strings = {"list?directory=", "read?path=", "view?path=", "grep?query=x&path="})
  void keepsOneUserOutOfTheOthersFiles(String operation) {
    write("private/diary.txt", "secret");
    shell("chmod 777 private; chmod 666 private/diary.txt");
    bob.run("ln -sfn " + HOME + " ~/neighbour");
    for (String path :
        List.of(
            HOME + "/private/diary.txt",
            "/home/ghitbobby/../ghitalice/private/diary.txt",
            "/home/ghitbobby//../ghitalice/./private/diary.txt",
            "neighbour/private/diary.txt",
            "/proc/self/root" + HOME + "/private/diary.txt",
            HOME + "/private")) {
      Answer answer = bob.get("/files/" + operation + encode(path));
      assertThat(answer.status()).as(path).isIn(403, 404);
      assertThat(answer.body()).doesNotContain("secret");
    }
  }
}
