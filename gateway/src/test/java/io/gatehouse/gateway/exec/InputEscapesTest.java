package io.gatehouse.gateway.exec;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class InputEscapesTest {

  /**
   * Rows of an input and what CPython 3.11 makes of it by {@code
   * input.encode("raw_unicode_escape").decode("unicode_escape").encode()}; null where it raises.
   */
  static List<Row> table() throws IOException {
    List<Row> rows = new ArrayList<>();
    try (InputStream table = InputEscapesTest.class.getResourceAsStream("input-escapes.json")) {
      for (JsonNode row : new ObjectMapper().readTree(Objects.requireNonNull(table))) {
        String input = row.get(0).textValue();
        // Python refuses this as a whole, so it counts as malformed and stays as it is.
        rows.add(new Row(input, row.get(1).isNull() ? input : row.get(1).textValue()));
      }
    }
    return rows;
  }

  @ParameterizedTest
  @MethodSource("table")
  void readsEscapesAsPythonDoes(Row row) {
    assertThat(InputEscapes.unescape(row.input())).isEqualTo(row.expected());
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '|',
      value = {
        "\\x4\\x41, \\x4A",
        "\\x\\x41, \\xA",
        "\\N{NO}\\x41, \\N{NO}A",
        "\\U00110000\\x41, \\U00110000A",
        "\\x41\\, A\\",
      })
  void leavesTheMalformedAndReadsTheRest(String input, String expected) {
    assertThat(InputEscapes.unescape(input)).isEqualTo(expected);
  }

  @Test
  void combinesTheTwoHalvesOfASurrogatePair() {
    assertThat(InputEscapes.unescape("\\ud83d\\uDE00!")).isEqualTo("\ud83d\ude00!");
  }

  @ParameterizedTest
  @CsvSource({"\\ud83d", "\\ude00", "\\ud83d\\x41", "\\ude00\\ud83d", "\\U0000d83d"})
  void makesNoHalfOfASurrogatePair(String input) {
    assertThat(InputEscapes.unescape(input)).matches("[^\\ud800-\\udfff]*");
  }

  @Test
  void keepsACharacterAfterABackslash() {
    // Python's round trip makes the text \u20ac of it.
    assertThat(InputEscapes.unescape("\\\u20ac \\\ud83d\ude00"))
        .isEqualTo("\\\u20ac \\\ud83d\ude00");
  }

  @Test
  void readsAMegabyteOfBackslashes() {
    assertThat(InputEscapes.unescape("\\".repeat(1 << 20))).isEqualTo("\\".repeat(1 << 19));
  }

  record Row(String input, String expected) {}
}
