package io.gatehouse.gateway.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PreludeOutputTest {

  private final List<String> reports = new ArrayList<>();

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 4096})
  void takesTheReportOutWhereverTheReadsFall(int bufferSize) throws IOException {
    assertThat(read("\u001e4711\r\nhello\r\n", bufferSize)).isEqualTo("hello\r\n");
    assertThat(reports).containsExactly("4711");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 5, 4096})
  void passesOnWhatStartupFilesPrint(int bufferSize) throws IOException {
    assertThat(read("welcome\r\n\u001e4711\r\nhello", bufferSize)).isEqualTo("welcome\r\nhello");
    assertThat(reports).containsExactly("4711");
  }

  @Test
  void doesNotTouchMarksInTheCommandsOwnOutput() throws IOException {
    assertThat(read("\u001e1\n\u001e2\nx\u001e", 4096)).isEqualTo("\u001e2\nx\u001e");
    assertThat(reports).containsExactly("1");
  }

  @Test
  void reportsNothingWhenTheShellEndsBefore() throws IOException {
    assertThat(read("bash: no such thing\r\n", 4096)).isEqualTo("bash: no such thing\r\n");
    assertThat(reports).containsExactly("none");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 4096})
  void passesOnWhatOnlyLooksLikeAReport(int bufferSize) throws IOException {
    for (String noise :
        List.of(
            "\u001e",
            "\u001e{\"json\": 1}\n",
            "\u001e47x\n",
            "\u001e\u001e\u001e\n",
            "\u001e" + "9".repeat(10_000))) {
      reports.clear();
      assertThat(read(noise + "\u001e4711\nhello", bufferSize)).isEqualTo(noise + "hello");
      assertThat(reports).containsExactly("4711");
      reports.clear();
      assertThat(read(noise, bufferSize)).isEqualTo(noise);
      assertThat(reports).containsExactly("none");
    }
  }

  @Test
  void singleReadsSeeTheSame() throws IOException {
    InputStream output = output("\u001e1\nab");
    assertThat(output.read()).isEqualTo('a');
    assertThat(output.read()).isEqualTo('b');
    assertThat(output.read()).isEqualTo(-1);
  }

  private String read(String text, int bufferSize) throws IOException {
    InputStream output = output(text);
    StringBuilder all = new StringBuilder();
    byte[] buffer = new byte[bufferSize];
    for (int count = output.read(buffer); count >= 0; count = output.read(buffer)) {
      all.append(new String(buffer, 0, count, StandardCharsets.ISO_8859_1));
    }
    return all.toString();
  }

  private InputStream output(String text) {
    return new PreludeOutput(
        new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1)),
        Pattern.compile("[0-9]+"),
        report -> reports.add(report.orElse("none")));
  }
}
