package io.gatehouse.gateway.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The answers of root's helper, and requests to it, as bytes. */
final class RootAnswersTest {

  private static final String THREE = "1 0 0\n17 65 12\nit is\ntaken\n2 70 5\n1 0 0999 0 0\n";

  private static final List<String> EXPECTED =
      List.of("1: 0 ", "17: 65 it is\ntaken", "2: 70 1 0 0", "999: 0 ");

  private final List<String> received = new ArrayList<>();
  private final RootAnswers answers =
      new RootAnswers(
          (id, answer) ->
              received.add(id + ": " + answer.status().orElseThrow() + " " + answer.reason()));

  private void write(String bytes) throws IOException {
    answers.write(bytes.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void takesSeveralAnswersFromOnePiece() throws IOException {
    write(THREE);
    assertThat(received).isEqualTo(EXPECTED);
  }

  @Test
  void takesAnswersThatComeByteByByte() throws IOException {
    for (byte each : THREE.getBytes(StandardCharsets.UTF_8)) {
      answers.write(each);
    }
    assertThat(received).isEqualTo(EXPECTED);
  }

  @Test
  void countsBytesAndNotCharacters() throws IOException {
    write("3 0 2\né4 0 0\n");
    assertThat(received).containsExactly("3: 0 é", "4: 0 ");
  }

  @Test
  void waitsForTheRestOfAnAnswer() throws IOException {
    write("5 70 10\nhalf");
    assertThat(received).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nonsense\n",
        "\n",
        "1 0\n",
        "1 0 -1\n",
        "1 0 8193\n",
        "1 0 99999\n",
        "1234567890123456789 0 0\n",
        "a line that never ends a line that never ends a line that never ends"
      })
  void refusesWhatIsNoAnswer(String bytes) {
    assertThatThrownBy(() -> write(bytes)).isInstanceOf(IOException.class);
    assertThat(received).isEmpty();
  }

  @Test
  void sendsTheLengthOfTheInputBeforeIt() {
    assertThat(new String(RootHelper.frame(7, "restore", "a 1\nb 2\n"), StandardCharsets.US_ASCII))
        .isEqualTo("7 8 restore\na 1\nb 2\n");
    assertThat(new String(RootHelper.frame(8, "enable a 1", ""), StandardCharsets.US_ASCII))
        .isEqualTo("8 0 enable a 1\n");
  }
}
