package io.gatehouse.gateway.files.text;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.gateway.session.Budgets;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class OccurrencesTest {

  private final Random random = new Random(1);

  private String text(int length) {
    return random
        .ints(length, 'a', 'c')
        .mapToObj(Character::toString)
        .collect(Collectors.joining());
  }

  /** The texts have few different letters, so that partial matches are frequent. */
  @ParameterizedTest
  @ValueSource(ints = {1, 3, 10, Occurrences.SHORT, Occurrences.SHORT + 1, 200})
  void findsWhatIndexOfFinds(int length) {
    for (int round = 0; round < 300; round++) {
      String target =
          round % 3 == 0 ? "a".repeat(length) : "ab".repeat(length).substring(0, length);
      String text = text(20) + target + text(round % 20) + target.repeat(round % 4) + text(20);
      int from = random.nextInt(text.length());
      int end = from + random.nextInt(text.length() + 1 - from);
      assertThat(new Occurrences(target, Budgets.lease()).next(text, from, end))
          .isEqualTo(text.indexOf(target, from, end));
    }
  }

  @Test
  void countsThoseThatDoNotOverlap() {
    String target = "aba".repeat(30);
    assertThat(new Occurrences(target, Budgets.lease()).count(target.repeat(5), 0, 450))
        .isEqualTo(5);
    assertThat(new Occurrences("aa", Budgets.lease()).count("aaaaa", 0, 5)).isEqualTo(2);
  }

  /** With indexOf it would take an hour. */
  @Test
  @Timeout(value = 60, unit = TimeUnit.SECONDS)
  void takesNoTimeForTextsOfOneLetter() {
    int length = 4_000_000;
    Occurrences occurrences = new Occurrences("a".repeat(length) + "b", Budgets.lease());
    assertThat(occurrences.next("a".repeat(2 * length), 0, 2 * length)).isEqualTo(-1);
  }
}
