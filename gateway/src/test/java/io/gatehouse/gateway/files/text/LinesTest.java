package io.gatehouse.gateway.files.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class LinesTest {

  private record Result(String text, long total) {}

  private static Result read(String text, long first, long last) throws IOException {
    Lines lines = new Lines(new StringReader(text), first, last);
    StringWriter out = new StringWriter();
    lines.transferTo(out);
    return new Result(out.toString(), lines.total());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''|1|9|''|0",
        "'a'|1|9|'a'|1",
        "'a\n'|1|9|'a\n'|1",
        "'a\n\n'|1|9|'a\n\n'|2",
        "'a\nb\nc'|2|2|'b\n'|3",
        "'a\nb\nc'|3|9|'c'|3",
        "'a\nb\nc'|4|9|''|3",
        "'a\nb\nc'|3|2|''|3",
      })
  void readsLinesAndCountsThem(String text, long first, long last, String read, long total)
      throws IOException {
    assertThat(read(text, first, last)).isEqualTo(new Result(read, total));
  }

  @Test
  void readsAllLineEndsAsOne() throws IOException {
    assertThat(read("a\r\nb\rc\n\r\nd\r", 1, 9)).isEqualTo(new Result("a\nb\nc\n\nd\n", 5));
    assertThat(read("a\u2028b\u0085c\fd", 2, 3)).isEqualTo(new Result("b\u0085c\f", 4));
  }

  @Test
  void knowsALineEndThatIsSplitBetweenTwoReads() throws IOException {
    String begin = "x".repeat(8 * 1024 - 1);
    assertThat(read(begin + "\r\ny", 2, 2)).isEqualTo(new Result("y", 2));
    assertThat(read("l\n".repeat(100_000), 50_000, 50_001))
        .isEqualTo(new Result("l\nl\n", 100_000));
  }
}
