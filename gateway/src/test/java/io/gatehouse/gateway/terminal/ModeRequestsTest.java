package io.gatehouse.gateway.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ModeRequestsTest {

  private static final String REQUEST = "\033\\[\\??[0-9;]*\\$p";

  /** The output that is passed on if it comes in pieces of this size, with a letter at its end. */
  private static String passed(String output, int size) {
    ModeRequests requests = new ModeRequests();
    byte[] bytes = (output + "e").getBytes(StandardCharsets.ISO_8859_1);
    StringBuilder passed = new StringBuilder();
    for (int start = 0; start < bytes.length; start += size) {
      byte[] piece =
          java.util.Arrays.copyOfRange(bytes, start, Math.min(bytes.length, start + size));
      passed.append(new String(requests.remove(piece, piece.length), StandardCharsets.ISO_8859_1));
    }
    String all = passed.toString();
    assertThat(all).endsWith("e");
    return all.substring(0, all.length() - 1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\033[?2026$p", "\033[?12$p", "\033[4$p", "\033[?1;2$p", "\033[$p"})
  void removesARequestHoweverItIsCut(String request) {
    for (int size = 1; size < 16; size++) {
      assertThat(passed("a" + request + "b" + request + request, size)).isEqualTo("ab");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\033[?2026h",
        "\033[!p",
        "\033[1;31mred\033[0m",
        "\033[?25l",
        "\033]0;$p\007",
        "$p",
        "\033[?$q",
        "\033\033[A",
        "\033[?1$$p",
        "\033[??1$p",
        "\033[6n",
        "\033[61\"p",
        "caf\u00e9 100$ per"
      })
  void passesEverythingElse(String output) {
    for (int size = 1; size < 16; size++) {
      assertThat(passed(output, size)).isEqualTo(output);
    }
  }

  @Test
  void findsARequestRightAfterWhatOnlyBeganLikeOne() {
    assertThat(passed("\033[?20\033[?2026$p", 3)).isEqualTo("\033[?20");
    assertThat(passed("\033\033[?2026$p", 3)).isEqualTo("\033");
  }

  @Test
  void holdsNoMoreThanARequestMayHave() {
    String endless = "\033[?" + "1".repeat(100_000);
    assertThat(passed(endless, 4096)).isEqualTo(endless);
  }

  @Test
  void agreesWithTheExpressionOnRandomOutput() {
    Random random = new Random(7);
    String alphabet = "\033[?$p12;ab";
    for (int round = 0; round < 3_000; round++) {
      StringBuilder output = new StringBuilder();
      for (int i = 0; i < 60; i++) {
        output.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      assertThat(passed(output.toString(), 1 + random.nextInt(9)))
          .isEqualTo(output.toString().replaceAll(REQUEST, ""));
    }
  }
}
