package io.gatehouse.gateway.screen;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.gateway.session.WindowSize;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
final class ScreenTest {

  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final int MOST = 64 * 1024;

  private Screen screen = new Screen(new WindowSize(20, 6));

  private void size(int columns, int rows) {
    screen = new Screen(new WindowSize(columns, rows));
  }

  private void shows(String output) {
    shows(output.getBytes(StandardCharsets.UTF_8));
  }

  private void shows(byte[] output) {
    assertThat(screen.write(ByteBuffer.wrap(output), LIMIT)).isTrue();
  }

  private String text() {
    return screen.text(MOST);
  }

  /** In the output, ^ stands for ESC, and / between lines of what is read for a line break. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          nothing                 | ''                                    | ''
          lines                   | a\\r\\nb\\r\\n\\r\\nc\\r\\n           | a/b//c
          line feeds alone        | a\\nb                                 | a/ b
          a progress bar          | ' 9%\\r50%\\r100%\\n\\rdone'          | 100%/done
          a shorter line over one | longer\\rshort^[K\\r\\n               | short
          backspaces              | abc\\b\\b\\bxyz                       | xyz
          colours                 | ^[1;31mred^[0m ^[38;2;1;2;3mtrue^[m   | red true
          modes of bash           | ^[?2004h$ ls^[?2004l\\r\\nfile        | $ ls/file
          a title                 | ^]0;title\\atext                      | text
          a title ended by ST     | ^]0;title^\\some                      | some
          a link                  | ^]8;;http://x^\\link^]8;;^\\ x        | link x
          a title without end     | text^]0;all of the rest               | text
          a device string         | ^P+q544e^\\some                       | some
          the cursor set          | ^[2J^[3;5Hhere^[1;1Htop               | top//    here
          a line erased           | abc^[2K\\rx                           | x
          erased to the start     | abcdef^[3D^[1K                        | '    ef'
          all erased              | abc\\r\\ndef^[2J^[Hx                  | x
          characters deleted      | abcdef\\r^[2P                         | cdef
          characters inserted     | abc\\r^[2@xy                          | xyabc
          insert mode             | abc\\r^[4hxy^[4l                      | xyabc
          characters blanked      | abcdef\\r^[3X                         | '   def'
          a line inserted         | a\\r\\nb^[H^[Lx                       | x/a/b
          a line deleted          | a\\r\\nb\\r\\nc^[2;1H^[M              | a/c
          a region scrolled       | 1\\r\\n2\\r\\n3\\r\\n4^[2;3r^[3;1H\\nX | 1/3/X/4
          scrolled down           | 1\\r\\n2^[H^MX                        | X/1/2
          scrolled by sequence    | 1\\r\\n2\\r\\n3^[S                    | 1/2/3
          saved and restored      | ab^7\\r\\nxx^8cd                      | abcd/xx
          tabs                    | a\\tb\\r\\nabcdefgh\\tc               | a\tb/abcdefgh\tc
          columns                 | ab^[10Gc^[5`d                         | ab  d    c
          repeated                | ab^[3bc                               | abbbbc
          line drawing            | ^(0qlk^(Bq                            | ─┌┐q
          bells and nulls         | a\\ab\\0c                             | abc
          a reset                 | old^cnew                              | new
          full screen             | $ vi\\r\\n^[?1049h^[2J^[HVIM          | VIM
          full screen left        | $ vi\\r\\n^[?1049hVIM^[?1049l$        | $ vi/$
          full screen by 47       | $ vi\\r\\n^[?47hVIM^[?47l$            | $ vi/$
          full screen by 1047     | $ vi\\r\\n^[?1047hVIM^[?1047l$        | $ vi/$
          unknown sequences       | a^[>4;2m^[?1u^[!p^[1 q^#8^%Gb         | ab
          C1 controls             | a\\u0085\\u009bb                      | ab
          a sequence cut off      | ab^[3                                 | ab
          a sequence interrupted  | ab^[3\\u0018c                         | abc
          a newline in a sequence | ab^[\\n1Dc                            | ab/ c
          huge parameters         | ab^[99999;99999Hc^[HX^[99999BYZ        | Xb///// YZ                c
          """)
  void showsWhatAPersonSees(String what, String output, String expected) {
    String bytes =
        output
            .replace("^", "\u001b")
            .replace("\\r", "\r")
            .replace("\\n", "\n")
            .replace("\\b", "\b")
            .replace("\\t", "\t")
            .replace("\\a", "\u0007")
            .replace("\\0", "\0")
            .replace("\\u0085", "\u0085")
            .replace("\\u009b", "\u009b")
            .replace("\\u0018", "\u0018");
    shows(bytes);
    assertThat(text()).isEqualTo(expected.replace("/", "\n"));
  }

  @Test
  void keepsWhatScrolledOff() {
    for (int i = 1; i <= 100; i++) {
      shows("line " + i + "\r\n");
    }
    assertThat(text().lines()).hasSize(100).startsWith("line 1", "line 2").endsWith("line 100");
    shows("\u001b[H\u001b[2J\u001b[3J$ ");
    assertThat(text()).isEqualTo("$");
  }

  @Test
  void joinsRowsThatTheScreenWrapped() {
    String path = "/a/long/path/that/is/wrapped/by/the/screen/more/than/once";
    shows("one\r\n" + path + "\r\nexactly twenty chars\r\nnext\r\n");
    String expected = "one\n" + path + "\nexactly twenty chars\nnext";
    assertThat(text()).isEqualTo(expected);
    // The lines stay joined while they scroll off the screen, the first half before the second.
    for (int i = 0; i < 6; i++) {
      shows("\r\n");
      assertThat(text()).startsWith(expected);
    }
  }

  /** The output of bash when a command line grows over the margin. */
  @Test
  void joinsACommandLineAsBashWrapsIt() {
    size(10, 5);
    shows("$ ");
    for (char key : "echo 0123".toCharArray()) {
      shows(String.valueOf(key));
      if (key == '1') {
        shows("");
      }
    }
    shows(" \r456789ab\r\n0123456789ab\r\n$ ");
    assertThat(text()).startsWith("$ echo 012").contains("\n0123456789ab\n$");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "你好，世界",
        "e\u0301te\u0301",
        "नमस्ते",
        "שָׁלוֹם",
        "ไทย ที่นี่",
        "👩‍💻 👍🏽 🏳️‍🌈",
        "한국어",
        "\u1112\u1161\u11ab",
        "󰀀 \uf101"
      })
  void keepsTheLettersOfAllScripts(String word) {
    shows(word + "\r\n" + word + "|");
    assertThat(text()).isEqualTo(word + "\n" + word + "|");
  }

  @Test
  void givesWideCharactersTwoColumns() {
    shows("你好吗\u001b[1;3Hx\u001b[2;1H你\u001b[2;3Hb");
    assertThat(text()).isEqualTo("你x 吗\n你b");
    size(10, 3);
    shows("你好吗你好吗你好吗\r\nx");
    assertThat(text()).isEqualTo("你好吗你好吗你好吗\nx");
  }

  @Test
  void takesOutputInAnyPieces() {
    byte[] output =
        "a你e\u0301\u001b[31mred\u001b[0m👍\r\n\u001b]0;ä\u0007end".getBytes(StandardCharsets.UTF_8);
    for (byte value : output) {
      shows(new byte[] {value});
    }
    assertThat(text()).isEqualTo("a你e\u0301red👍\nend");
    shows(new byte[] {(byte) 0xff, 'x', (byte) 0xe4, (byte) 0xbd});
    shows("y");
    assertThat(text()).isEqualTo("a你e\u0301red👍\nend\ufffdx\ufffdy");
  }

  @Test
  void wrapsAnewWhenItsSizeChanges() {
    shows("first\r\n" + "0123456789".repeat(3) + "\r\n$ a command");
    screen.resize(new WindowSize(9, 4));
    assertThat(text()).isEqualTo("first\n" + "0123456789".repeat(3) + "\n$ a command");
    screen.resize(new WindowSize(60, 10));
    shows(" goes on\r\u001b[2Cx");
    assertThat(text()).isEqualTo("first\n" + "0123456789".repeat(3) + "\n$ x command goes on");
    shows("\u001b[?1049hfull");
    screen.resize(new WindowSize(40, 12));
    assertThat(text()).isEqualTo("full");
    shows("\u001b[?1049l\r\nback");
    assertThat(text()).endsWith("$ x command goes on\nback");
  }

  @Test
  void keepsTheCursorWhereItIsWhenItsSizeChanges() {
    size(10, 5);
    shows("0123456789abcdefghij0123\u001b[A\u001b[2D");
    for (int columns : new int[] {7, 30, 12, 24}) {
      screen.resize(new WindowSize(columns, 5));
    }
    shows("X");
    assertThat(text()).isEqualTo("0123456789abXdefghij0123");
  }

  @Test
  void givesNoMoreThanWasAskedFor() {
    for (int i = 0; i < 20_000; i++) {
      shows("line äöü " + i + "\r\n");
    }
    String text = text();
    assertThat(text.getBytes(StandardCharsets.UTF_8).length).isBetween(MOST - 30, MOST);
    assertThat(text).startsWith("line äöü ").endsWith("line äöü 19999");
    shows("你".repeat(200_000));
    assertThat(screen.text(100)).isEqualTo("你".repeat(33));
  }

  /** Each of these would be a hundred megabytes, or minutes, if all of it were done. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "\n",
        "x",
        "\u001b[999S",
        "\u001b[999T",
        "x\u001b[9999b",
        "\u001b[2J",
        "\u001b[H\u001b[999L",
        "\u001b[999M",
        "\u001b[?1049h\u001b[?1049l",
        "\u001b7",
        "\u001bc",
        "\u001b[?7l\u001b[999Cx",
        "\u001b[4hx",
        "\u001b[9999@",
        "\u001bH\t",
        "e\u0301",
        "\u001b[1;",
        "\u001b]",
        "你",
        "\u0301",
        "\u001b[3J",
        "\u001b[s\u001b[u",
        "\u001b(0q\u001b(B"
      })
  void isBoundedInTimeAndMemory(String piece) {
    for (WindowSize size : new WindowSize[] {new WindowSize(1000, 1000), new WindowSize(1, 1)}) {
      screen = new Screen(size);
      byte[] output = piece.repeat(256 * 1024 / piece.length()).getBytes(StandardCharsets.UTF_8);
      Duration limit = Duration.ofMillis(300);
      long start = System.nanoTime();
      boolean all = screen.write(ByteBuffer.wrap(output), limit);
      assertThat(Duration.ofNanos(System.nanoTime() - start))
          .as("all: %s", all)
          .isLessThan(limit.plusMillis(1500));
      assertThat(text().length()).isLessThanOrEqualTo(MOST);
    }
  }

  @Test
  void takesWhateverComes() {
    Random random = new Random(20);
    String[] pieces = {
      "\u001b[", "\u001b", ";", "?", "H", "J", "K", "r", "m", "L", "M", "P", "@", "S", "T", "h",
          "l",
      "1049", "47", "4", "6", "7", "9999", "0", "1", "5", "\r", "\n", "\b", "\t", "c", "7", "8",
          "D",
      "b", "X", "u", "s", "g", "d", "G", "`", "A", "B", "C", "Z", "I", "你", "e\u0301", "x", "text"
    };
    for (int round = 0; round < 3000; round++) {
      size(1 + random.nextInt(30), 1 + random.nextInt(8));
      for (int step = 0; step < 4; step++) {
        StringBuilder output = new StringBuilder();
        for (int i = 0; i < 60; i++) {
          output.append(pieces[random.nextInt(pieces.length)]);
        }
        shows(output.toString());
        byte[] noise = new byte[40];
        random.nextBytes(noise);
        shows(noise);
        screen.resize(new WindowSize(1 + random.nextInt(30), 1 + random.nextInt(8)));
        assertThat(text()).doesNotContain("\u001b");
      }
      shows("\u0018\u001b\\\u001bc\u001b(Bstill alive\r\n");
      assertThat(text().replace("\n", "")).contains("still alive");
    }
  }
}
