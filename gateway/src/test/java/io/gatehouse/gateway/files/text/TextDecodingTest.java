package io.gatehouse.gateway.files.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class TextDecodingTest {

  private static final String GERMAN =
      "Füße größer als Äpfel. Die Prüfung der Größe schlägt fehl, weil über die Hälfte ungültig"
          + " ist.\n";

  /** One sentence each, and the encodings that such texts came in before UTF-8. */
  private static final Map<String, List<String>> LEGACY =
      Map.of(
          GERMAN,
          List.of("windows-1252", "ISO-8859-1"),
          "Déjà vu : l’élève a été reçu à l’école, où le garçon était à côté.\n",
          List.of("windows-1252"),
          "Мама мыла раму. Файл не найден, проверьте правильность пути и повторите попытку.\n",
          List.of("KOI8-R", "windows-1251", "ISO-8859-5"),
          "ファイルが見つかりません。もう一度やり直してください。日本語の文章です。\n",
          List.of("Shift_JIS", "EUC-JP"),
          "文件没有找到，请检查路径是否正确，然后再试一次。这是一个用来测试的句子。\n",
          List.of("GB18030"),
          "找不到檔案，請檢查路徑是否正確，然後再試一次。這是一個用來測試的句子。\n",
          List.of("Big5"),
          "파일을 찾을 수 없습니다. 경로가 올바른지 확인한 다음 다시 시도하십시오.\n",
          List.of("EUC-KR"));

  private static byte[] bytes(Object... parts) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (Object part : parts) {
      if (part instanceof String text) {
        bytes.writeBytes(text.getBytes(StandardCharsets.UTF_8));
      } else if (part instanceof byte[] raw) {
        bytes.writeBytes(raw);
      } else {
        bytes.write((Integer) part);
      }
    }
    return bytes.toByteArray();
  }

  private static String read(byte[] file) {
    TextDecoding decoding = TextDecoding.of(file).orElseThrow();
    byte[] content = java.util.Arrays.copyOfRange(file, decoding.mark().size(), file.length);
    return SeenText.decode(
            content, decoding.charset(), io.gatehouse.gateway.session.Budgets.lease())
        .text();
  }

  static List<Object[]> legacyTexts() {
    return LEGACY.entrySet().stream()
        .flatMap(
            text -> text.getValue().stream().map(charset -> new Object[] {text.getKey(), charset}))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("legacyTexts")
  void readsTextInOlderEncodings(String text, String charset) {
    for (int times : new int[] {1, 3, 500}) {
      byte[] file = text.repeat(times).getBytes(Charset.forName(charset));
      assertThat(read(file)).as(times + " times").isEqualTo(text.repeat(times));
    }
  }

  @ParameterizedTest
  @MethodSource("legacyTexts")
  void readsOlderEncodingsWithAStrayByte(String text, String charset) {
    byte[] sentences = text.repeat(4).getBytes(Charset.forName(charset));
    TextDecoding decoding = TextDecoding.of(bytes(sentences, 0xFF, "\n")).orElseThrow();
    assertThat(decoding).isEqualTo(TextDecoding.of(sentences).orElseThrow());
  }

  @ParameterizedTest
  @MethodSource("legacyTexts")
  void looksForTheEncodingWhereItShows(String text, String charset) {
    String late = "plain line\n".repeat(10_000) + text;
    assertThat(read(late.getBytes(Charset.forName(charset)))).isEqualTo(late);
  }

  static List<Object[]> utf8WithStrays() {
    String chinese = "文件没有找到，请检查路径是否正确。\n";
    String russian = "Файл не найден, проверьте путь.\n";
    String greek = "Το αρχείο δεν βρέθηκε.\n";
    String thai = "ไม่พบไฟล์ กรุณาตรวจสอบเส้นทาง\n";
    String hebrew = "הקובץ לא נמצא.\n";
    String faces = "done \uD83D\uDE00 ok\n";
    return List.of(
        row("grün\ngrün\ngrün\nbad \uFFFD\n", "grün\ngrün\ngrün\nbad ", 0xFF, "\n"),
        row("one é only, bad \uFFFD\n", "one é only, bad ", 0xFF, "\n"),
        row("\uFFFD" + chinese + chinese, 0x87, chinese, chinese),
        row("\uFFFD\uFFFD" + russian, 0xBB, 0xBF, russian),
        row(chinese + "文\uFFFD", chinese, "文", 0xE4, 0xBB),
        row(faces + "and \uFFFD", faces, "and ", 0xF0, 0x9F, 0x98),
        row(russian + "\uFFFD", russian, 0xD0),
        row(greek + "x\uFFFDx" + greek, greek, "x", 0xFE, "x", greek),
        row(thai + "\uFFFD\n" + thai, thai, 0xA1, "\n", thai),
        row(hebrew + "\uFFFD\n", hebrew, 0xC0, "\n"),
        row("Straße\nStra\uFFFDe\n", "Straße\n", "Straße\n".getBytes(StandardCharsets.ISO_8859_1)),
        row(
            "grün\nSch\uFFFDne Gr\uFFFD\uFFFDe\n",
            "grün\n",
            "Schöne Grüße\n".getBytes(StandardCharsets.ISO_8859_1)),
        row(
            russian.repeat(3) + "\uFFFD\uFFFD\uFFFD\uFFFD\n",
            russian.repeat(3),
            "Файл\n".getBytes(Charset.forName("windows-1251"))),
        row(
            "overlong é é \uFFFD\uFFFD surrogate \uFFFD",
            "overlong é é ",
            0xC0,
            0x80,
            " surrogate ",
            0xED,
            0xA0,
            0x80));
  }

  private static Object[] row(String seen, Object... parts) {
    return new Object[] {seen, bytes(parts)};
  }

  @ParameterizedTest
  @MethodSource("utf8WithStrays")
  void readsUtf8WithStrayBytes(String seen, byte[] file) {
    assertThat(TextDecoding.of(file)).contains(TextDecoding.UTF_8);
    assertThat(read(file)).isEqualTo(seen);
    assertThat(new String(file, StandardCharsets.UTF_8)).as("as Java reads it").isEqualTo(seen);
  }

  /** If bytes above ASCII contain no valid character of UTF-8, the text is in another encoding. */
  @Test
  void takesNothingForUtf8ThatHasNoCharacterOfIt() {
    assertThat(read(bytes("caf", 0xE9, "\n"))).isEqualTo("café\n");
    assertThat(read(bytes("plain\n"))).isEqualTo("plain\n");
    assertThat(read(new byte[0])).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"UTF-16LE", "UTF-16BE"})
  void readsUtf16WithoutAMark(String charset) {
    for (String text :
        List.of(
            "plain\r\n",
            GERMAN,
            GERMAN.repeat(50),
            "第一行\n第二行：一二三\n",
            "Файл\n",
            "Файл main.c, строка 3: ошибка",
            "파일을 찾을 수 없습니다.\n",
            "日本語のテキストファイルです。もう一度。\n",
            "\uD83D\uDE00\uD83D\uDE01\uD83D\uDE02 ok\n",
            "a\uD83D\uDE00\n")) {
      assertThat(read(text.getBytes(Charset.forName(charset)))).isEqualTo(text);
      String marked = "\uFEFF" + text;
      assertThat(read(marked.getBytes(Charset.forName(charset)))).isEqualTo(text);
    }
  }

  static List<byte[]> smallBinaries() {
    return List.of(
        bytes("alpha", 0, 0xFF, 0xFE),
        bytes("alpha", 0, 0xFF, 0xC0),
        bytes(0x7F, "ELF", 2, 1, 1, 0),
        bytes(0x7F, "ELF", 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0, ">", 0, 1, 0, 0, 0),
        bytes("GIF89a", 1, 0, 1, 0, 0x80, 0, 0, 0xFF, 0xFF, 0xFF, 0, 0, 0, "!"),
        bytes(0x89, "PNG\r\n", 0x1A, "\n", 0, 0, 0, 0x0D, "IHDR", 0, 0, 0, 1, 0, 0, 0, 1),
        bytes(0x89, "PNG\r\n", 0x1A, "\n", 0, 0xFF),
        bytes("PK", 3, 4, 0x14, 0, 8, 0, 8, 0, 0x21, 0x9C, 0x5A, 0x59),
        bytes(0x1F, 0x8B, 8, 0, 0xC3, 0xA5, 0x12, 0x67, 0, 3),
        bytes(0xCA, 0xFE, 0xBA, 0xBE, 0, 0, 0, 0x41),
        bytes("SQLite format 3", 0, 0x10, 0, 1, 1, 0, "@  ", 0xFF));
  }

  @ParameterizedTest
  @MethodSource("smallBinaries")
  void takesNoSmallBinaryForUtf16(byte[] file) {
    assertThat(TextDecoding.utf16(file)).isEmpty();
    assertThat(TextDecoding.utf16(bytes(file, file, file))).isEmpty();
  }

  /** The bytes are ASCII, and nearly every pair of them is a Chinese character in UTF-16. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "./a.txt\0./src\0",
        "alpha\0bc",
        "HOME=/root\0PATH=/usr/bin:/bin\0LANG=C.UTF-8\0",
        "/bin/sh\0-c\0sleep 5\0",
        "two words\0",
        "one\nline\0two\n"
      })
  void takesNoListWithNulsForUtf16(String names) {
    assertThat(TextDecoding.of(names.getBytes(StandardCharsets.UTF_8)))
        .contains(TextDecoding.UTF_8);
  }

  /** Bytes of which half are letters, with NULs; one order of bytes or the other often fits. */
  @Test
  void seldomTakesAFewBytesForUtf16() {
    Random random = new Random(2);
    int taken = 0;
    for (int i = 0; i < 10_000; i++) {
      byte[] few = new byte[16];
      random.nextBytes(few);
      few[random.nextInt(few.length)] = 0;
      taken += TextDecoding.utf16(few).isPresent() ? 1 : 0;
    }
    assertThat(taken).isLessThan(200);
  }

  /** Random bytes, compressed data, tables of numbers, a program with texts in it. */
  @Test
  void findsNoTextInOtherBytes() {
    Random random = new Random(1);
    for (int length : new int[] {200, 5000, 100_000}) {
      byte[] noise = new byte[length];
      random.nextBytes(noise);
      assertThat(TextDecoding.of(noise)).as("noise").isEmpty();
      for (int i = 1; i < length; i += 2) {
        noise[i] = 0;
      }
      assertThat(TextDecoding.of(noise)).as("small numbers").isEmpty();
    }
    byte[] program = bytes(0x7F, "ELF", 2, 1, 1, 0, 0, 0, "Größe Länge Füße ", 0xFF, 0, 0, "ü");
    assertThat(TextDecoding.of(program)).isEmpty();
  }

  @Test
  void countsInPiecesAsInOne() {
    byte[] file = bytes("grün 文件 ", 0xFF, "\uD83D\uDE00 ü", 0xE4, 0xBB, "x", 0xF0, 0x9F);
    Utf8Evidence whole = new Utf8Evidence();
    whole.take(file, file.length);
    whole.end();
    Utf8Evidence pieces = new Utf8Evidence();
    for (byte each : file) {
      pieces.take(new byte[] {each}, 1);
    }
    pieces.end();
    assertThat(pieces.firstStray()).isEqualTo(whole.firstStray()).isEqualTo(13);
    assertThat(pieces.isUtf8()).isEqualTo(whole.isUtf8()).isTrue();
  }
}
