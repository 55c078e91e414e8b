package io.gatehouse.gateway.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class FileNamesTest {

  @ParameterizedTest
  @ValueSource(strings = {"", "plain.txt", "ünïcödé ✓", "🚪", "a\nb", "\uFFFD", "\uE000", "\uF000"})
  void leavesTextAsItIs(String name) {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    assertThat(FileNames.decode(bytes)).isEqualTo(name);
    assertThat(FileNames.encode(name)).isEqualTo(bytes);
  }

  /** Latin-1, a broken character, an overlong one, a surrogate, and a character of the range. */
  @ParameterizedTest
  @CsvSource({
    "636166e9, caf\uEFE9",
    "e29c, \uEFE2\uEF9C",
    "c0af, \uEFC0\uEFAF",
    "eda080, \uEFED\uEFA0\uEF80",
    "eebe80, \uEFEE\uEFBE\uEF80",
    "ff61fec3bc, \uEFFFa\uEFFEü"
  })
  void writesEveryOtherByteAsOneCharacter(String bytes, String text) {
    byte[] name = HexFormat.of().parseHex(bytes);
    assertThat(FileNames.decode(name)).isEqualTo(text);
    assertThat(FileNames.encode(text)).isEqualTo(name);
  }

  @Test
  void givesBackAnyBytes() {
    Random random = new Random(7);
    for (int i = 0; i < 5000; i++) {
      byte[] name = new byte[random.nextInt(12)];
      random.nextBytes(name);
      assertThat(FileNames.encode(FileNames.decode(name))).isEqualTo(name);
    }
  }
}
