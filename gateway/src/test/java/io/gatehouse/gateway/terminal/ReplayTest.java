package io.gatehouse.gateway.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ReplayTest {

  private static final String ESC = "\u001b";

  private final Replay replay = new Replay();

  private void shows(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    replay.append(bytes, 0, bytes.length);
  }

  private String snapshot() {
    return new String(replay.snapshot(), StandardCharsets.UTF_8);
  }

  @Test
  void isAllOfALittle() {
    assertThat(replay.snapshot()).isEmpty();
    shows("one\r\n");
    shows(ESC + "[?1049hhalf a sequence: " + ESC + "[3");
    assertThat(snapshot()).isEqualTo("one\r\n" + ESC + "[?1049hhalf a sequence: " + ESC + "[3");
    assertThat(new String(replay.last(3), StandardCharsets.UTF_8)).isEqualTo(ESC + "[3");
    assertThat(replay.last(1000)).hasSize(replay.snapshot().length);
  }

  /** The pieces in which the output came make no difference. */
  @Test
  void keepsTheEndOfMuch() {
    Random random = new Random(7);
    StringBuilder all = new StringBuilder();
    for (int i = 0; all.length() < 3 * Replay.CAPACITY; i++) {
      String piece = (i + ",").repeat(1 + random.nextInt(3000)) + "\r\n";
      all.append(piece);
      shows(piece);
    }
    String end = all.substring(all.length() - Replay.CAPACITY);
    assertThat(snapshot()).isEqualTo(end.substring(end.indexOf('\n') + 1));
    assertThat(new String(replay.last(100), StandardCharsets.UTF_8))
        .isEqualTo(all.substring(all.length() - 100));
  }

  @Test
  void keepsTheEndOfOnePieceLargerThanItself() {
    shows("before");
    String piece = "0123456789abcde\n".repeat(Replay.CAPACITY / 8);
    shows(piece);
    assertThat(snapshot()).isEqualTo(piece.substring(piece.length() - Replay.CAPACITY + 16));
    assertThat(replay.last(Replay.CAPACITY * 2)).hasSize(Replay.CAPACITY);
  }

  /** A line that long has no better start than its first whole letter would have. */
  @Test
  void keepsALineWithoutEnd() {
    shows("x".repeat(2 * Replay.CAPACITY));
    assertThat(snapshot()).isEqualTo("x".repeat(Replay.CAPACITY));
  }

  /** The modes were switched before the oldest byte that is left. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          E[?1049h             | E[?1049h
          E[?1049hE[?1049l     | E[?1049l
          E[?1;25h             | E[?1hE[?25h
          E[?1hE[?7lE[?1h      | E[?7lE[?1h
          E=                   | E=
          E=E>                 | ''
          E[?1049hE=Ec         | ''
          E[?1hE[!p            | ''
          E[4h                 | ''
          E[?1049;h            | ''
          E[?E[?6h             | E[?6h
          EE[?6h               | E[?6h
          E[?123456h           | ''
          E[?1049$p            | ''
          text E[31m?1h        | ''
          """)
  void switchesAFreshTerminalToTheModesOfTheProgram(String output, String restored) {
    // The output comes in single bytes, so that sequences are cut everywhere.
    for (char each : output.replace("E", ESC).toCharArray()) {
      shows(String.valueOf(each));
    }
    shows("\n" + "y".repeat(Replay.CAPACITY - 1) + "\n");
    shows("z".repeat(200));
    assertThat(snapshot()).isEqualTo(restored.replace("E", ESC) + "z".repeat(200));
  }

  @Test
  void doesNotBeginInTheMiddleOfASequence() {
    shows(ESC + "[38;5;196mred" + ESC + "[0mrest" + "-".repeat(Replay.CAPACITY - 15));
    // The first sequence has lost its beginning; the second is whole.
    assertThat(snapshot()).startsWith(ESC + "[0mrest-");
  }

  /**
   * If a query were shown again, the terminal would answer it again, as keys that nobody pressed.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "E[c",
        "E[0c",
        "E[>c",
        "E[>0c",
        "E[=c",
        "EZ",
        "E[5n",
        "E[6n",
        "E[?6n",
        "E[?25n",
        "E[?1$p",
        "E[4$p",
        "E[>q",
        "E[>0q",
        "E[?u",
        "E[x",
        "E[1x",
        "E[11t",
        "E[14t",
        "E[14;2t",
        "E[18t",
        "E[21t",
        "E]10;?B",
        "E]11;?EB",
        "E]4;7;?B",
        "E]52;c;?B",
        "EP$qmEB",
        "EP+q544eEB"
      })
  void asksTheTerminalNothingAgain(String query) {
    shows(
        "before"
            + query.replace("EB", ESC + "\\").replace('B', '\u0007').replace("E", ESC)
            + "after");
    assertThat(snapshot()).isEqualTo("beforeafter");
  }

  /** Each of these would take hours if it were examined again from each of its characters. */
  @ParameterizedTest
  @ValueSource(strings = {"E]", "E]4;?", "EP$q", "E[", "E[?", "E[14;"})
  @Timeout(60)
  void isNotHeldUpByAQuestionWithoutEnd(String begin) {
    for (String rest : List.of(";?", ";", "0", "?", "E]4;?".replace("E", ESC))) {
      String question = begin.replace("E", ESC) + rest.repeat(Replay.CAPACITY / rest.length() - 8);
      Replay endless = new Replay();
      byte[] bytes = question.getBytes(StandardCharsets.UTF_8);
      endless.append(bytes, 0, bytes.length);
      assertThat(endless.snapshot()).asString(StandardCharsets.UTF_8).isEqualTo(question);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "E[1m",
        "E[?25h",
        "E[2 q",
        "E[8;24;80t",
        "E[22;0t",
        "E[23t",
        "E[!p",
        "E[>4;1m",
        "E[>1n",
        "E[u",
        "E[>1u",
        "E]0;what; really?B",
        "E]8;;https://x.example/?aB",
        "E]52;c;YQ==B",
        "E]4;1;rgb:00/00/00B",
        "EPqsixelEB",
        "E[6",
        "E]10;?"
      })
  void keepsWhatIsNoQuestion(String sequence) {
    String shown = sequence.replace("EB", ESC + "\\").replace('B', '\u0007').replace("E", ESC);
    shows("before" + shown);
    assertThat(snapshot()).isEqualTo("before" + shown);
  }

  @Test
  void isNotBlownUpByModesThatDoNotExist() {
    for (int mode = 0; mode < 5000; mode++) {
      shows(ESC + "[?" + mode + "h");
    }
    shows("[".repeat(Replay.CAPACITY));
    assertThat(replay.snapshot()).hasSizeLessThan(Replay.CAPACITY + 1000);
  }
}
