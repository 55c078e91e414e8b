package io.gatehouse.gateway.screen;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.gateway.session.WindowSize;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
final class TranscriptTest {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private Transcript transcript = new Transcript(WindowSize.DEFAULT);

  private String answer(String output) {
    return answer(output, PATIENCE);
  }

  private String answer(String output, Duration patience) {
    return answer(transcript, List.of(output), patience);
  }

  private static String answer(Transcript transcript, List<String> pieces, Duration patience) {
    StringBuilder told = new StringBuilder();
    transcript.begin(told::append, patience);
    pieces.forEach(transcript::write);
    transcript.end();
    return told.toString();
  }

  private static String bytes(String written) {
    return written
        .replace("^", "\u001b")
        .replace("\\r", "\r")
        .replace("\\n", "\n")
        .replace("\\b", "\b")
        .replace("\\t", "\t")
        .replace("\\a", "\u0007");
  }

  /** ^ stands for ESC. Each is told the same after a hundred lines, and with a screen before it. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          nothing                  | ''                                     | ''
          lines                    | a\\r\\nb\\r\\n\\r\\n                   | a\\nb\\n\\n
          a line without end       | a\\r\\nb                               | a\\nb
          blanks at an end         | 'a  \\r\\nb  '                         | 'a  \\nb  '
          erased blanks            | 'abc\\ra  ^[K\\r\\nabc\\ra^[K\\r\\n'  | 'a  \\na\\n'
          line feeds alone         | a\\nb                                  | a\\n b
          tabs                     | \\t\\ta\\tb\\r\\nabcdefgh\\tc\\t\\r\\n | \\t\\ta\\tb\\nabcdefgh\\tc\\t\\n
          tabs over text           | abcdefghij\\r\\tXY                     | abcdefghXY
          spaces over a tab        | a\\tb\\rabcd                           | abcd    b
          a progress bar           | ' 9%\\r50%\\r100%\\r\\ndone'           | 100%\\ndone
          an erased line           | working\\r^[Kdone\\r\\n                | done\\n
          colours                  | ^[1;31mred^[0m^[K\\r\\n                | red\\n
          a title and modes        | ^]0;t\\a^[?25l^[?2004hx^[?25h^=        | x
          bold of nroff            | N\\bNA\\bA _\\bx                       | NA x
          lines drawn again        | a\\r\\nb\\r\\n^[2A^[2KX\\r\\n^[KY\\r\\n | X\\nY\\n
          a cleared screen         | a\\r\\n^[H^[2Jb\\r\\n                  | a\\nb\\n
          a program's screen       | a\\r\\n^[?1049h^[Hfull^[?1049lb        | a\\nb
          wide text                | 你好\\t好\\r\\n                        | 你好\\t好\\n
          accents                  | e\u0301\\te\u0301\\r\\n                | e\u0301\\te\u0301\\n
          """)
  void tellsWhatAPersonSees(String what, String output, String expected) {
    assertThat(answer(bytes(output))).isEqualTo(bytes(expected));

    transcript = new Transcript(WindowSize.DEFAULT);
    String lines = "line\r\n".repeat(100);
    if (!output.contains("^[H")) {
      assertThat(answer(lines + bytes(output))).isEqualTo("line\n".repeat(100) + bytes(expected));
    }
    // The same with the emulator, which a backspace brings in.
    transcript = new Transcript(WindowSize.DEFAULT);
    assertThat(answer("x\b\r\n" + bytes(output))).isEqualTo("x\n" + bytes(expected));
  }

  @Test
  void wrapsNoLines() {
    String longLine = "0123456789".repeat(30);
    assertThat(answer(longLine + "\r\nx\r" + longLine + "\r\n"))
        .isEqualTo(longLine + "\n" + longLine + "\n");
    String line = "0123456789".repeat(50_000);
    assertThat(answer("a\r\n" + line + "\r\nb")).isEqualTo("a\n" + line + "\nb");
    transcript = new Transcript(WindowSize.DEFAULT);
    assertThat(answer("x\ba\r\n" + line + "\r\nb")).isEqualTo("a\n" + line + "\nb");
  }

  @Test
  void losesNoLineOfALongOutput() {
    StringBuilder output = new StringBuilder();
    StringBuilder expected = new StringBuilder();
    for (int i = 0; i < 30_000; i++) {
      output.append(i % 100 < 2 ? "wrong\r" : "").append("line ").append(i).append("\r\n");
      expected.append("line ").append(i).append('\n');
    }
    assertThat(answer(output.toString())).isEqualTo(expected.toString());
  }

  @Test
  void tellsOnlyWhatIsNew() {
    assertThat(answer("one\r\ntw")).isEqualTo("one\ntw");
    assertThat(answer("")).isEmpty();
    assertThat(answer("o\r\nthree\r\n")).isEqualTo("o\nthree\n");
    assertThat(answer(" 10%")).isEqualTo(" 10%");
    assertThat(answer("\r 50%\r100%\r\n")).isEqualTo("100%\n");
    assertThat(answer("end\u001b[2A\rTHREE\u001b[2B\r\n")).isEqualTo("THREE\n100%\nend\n");
    assertThat(answer("$ ")).isEqualTo("$ ");
    assertThat(answer("ls\r\nfile\r\n")).isEqualTo("ls\nfile\n");
  }

  @Test
  void showsTheScreenOfAProgramThatHasIt() {
    assertThat(answer("before\r\n\u001b[?1049h\u001b[H\u001b[2Jtop\u001b[3;3Hbelow"))
        .isEqualTo("before\ntop\n\n  below\n");
    assertThat(answer("\u001b[1;1Hnew")).isEqualTo("new\n\n  below\n");
    assertThat(answer("\u001b[?1049lafter\r\n")).isEqualTo("after\n");
  }

  /** Whatever the pieces, together they say what one answer would. */
  @Test
  void tellsTheSameOfPlainOutputInAnyPieces() {
    Random random = new Random(17);
    StringBuilder output = new StringBuilder();
    for (int i = 0; i < 400; i++) {
      output.append("x".repeat(random.nextInt(200))).append(i).append("\r\n");
    }
    String whole = answer(output.toString());
    for (int round = 0; round < 20; round++) {
      transcript = new Transcript(WindowSize.DEFAULT);
      List<String> answers = new ArrayList<>();
      int next = 0;
      while (next < output.length()) {
        int end = Math.min(output.length(), next + 1 + random.nextInt(3000));
        answers.add(answer(output.substring(next, end)));
        next = end;
      }
      assertThat(String.join("", answers)).isEqualTo(whole);
    }
  }

  /** Whole lines are passed on together, single characters are not. */
  @Test
  void tellsTheSameOfOutputInWholeAndInSingleCharacters() {
    Random random = new Random(18);
    List<String> pieces =
        List.of("\r\n", "\r\n\r\n", "\n", "\r", "\t", "\u00e9", "\u001b[31m", "\u001b[23A", "\b");
    for (int round = 0; round < 100; round++) {
      Transcript whole = new Transcript(WindowSize.DEFAULT);
      Transcript single = new Transcript(WindowSize.DEFAULT);
      int unusual = random.nextInt(40);
      for (int part = 0; part < 3; part++) {
        StringBuilder output = new StringBuilder();
        for (int i = 0; i < 100; i++) {
          output.append("x".repeat(random.nextInt(random.nextInt(300) + 1))).append(i);
          boolean plain = random.nextInt(40) >= unusual;
          output.append(plain ? "\r\n" : pieces.get(random.nextInt(pieces.size())));
        }
        String text = output.toString();
        assertThat(answer(whole, List.of(text), PATIENCE))
            .isEqualTo(answer(single, List.of(text.split("")), PATIENCE));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\u001b[999L",
        "\u001b[999S",
        "x\u001b[9999b",
        "\u001b[2J",
        "\u001b[?1049h\u001b[?1049l",
        "\u001bc",
        "e\u0301\b",
        "\t\b",
        "\n",
        "x\r",
        "\u001b[H\u001b[2Jx\r\n",
        "\u001b]"
      })
  void isBoundedInTimeAndGoesOn(String piece) {
    Duration patience = Duration.ofMillis(300);
    long start = System.nanoTime();
    StringBuilder told = new StringBuilder();
    transcript.begin(
        text -> {
          if (told.length() < 100_000) {
            told.append(text);
          }
        },
        patience);
    for (int i = 0; i < 8; i++) {
      transcript.write(piece.repeat(256 * 1024 / piece.length()));
    }
    transcript.end();
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(patience.plusSeconds(10));
    assertThat(answer("\u0018\u001b\\\r\nstill alive\r\n")).endsWith("still alive\n");
    assertThat(told).doesNotContain("\u001b");
  }

  @Test
  void isLinearInTime() {
    answer("warm up\r\n".repeat(50_000));
    long plain = time("a line as programs print them, without anything\r\n", 8);
    long bars = time("10%\r20%\r\u001b[2K30% done\r\n", 2);
    System.out.printf(
        "plain lines: %.0f MB/s; progress bars: %.2f MB/s%n", 8e3 / plain, 2e3 / bars);
    assertThat(plain).isLessThan(8_000);
  }

  /** Milliseconds. */
  private long time(String piece, int megabytes) {
    String output = piece.repeat(100_000 / piece.length());
    long start = System.nanoTime();
    transcript.begin(text -> {}, PATIENCE);
    for (int i = 0; i < megabytes * 10; i++) {
      transcript.write(output);
    }
    transcript.end();
    assertThat(transcript.isSimplified()).isFalse();
    return Math.max(1, (System.nanoTime() - start) / 1_000_000);
  }
}
