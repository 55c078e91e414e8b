package io.gatehouse.gateway.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ShellWordTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "plain          | 'plain'",
        "two words      | 'two words'",
        "it's           | 'it'\\''s'",
        "$HOME          | '$HOME'",
        "a;rm -rf b     | 'a;rm -rf b'",
        "-n             | '-n'",
        "``             | ''",
      })
  void quotesForOneWord(String word, String quoted) {
    assertThat(ShellWord.quote(word)).isEqualTo(quoted);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "'",
        "''''",
        "\\",
        "'\\''",
        "a\nb",
        "\ttab",
        "$(id)`id`${HOME}",
        "!history",
        "# comment",
        "*?[a]",
        "~",
        "<<EOF",
        "ünïcödé ✓ 🚪",
        "\u0001\u001b[31m"
      })
  void theShellReadsBackWhatWasQuoted(String word) throws IOException, InterruptedException {
    Process shell =
        new ProcessBuilder("/bin/bash", "-c", "printf %s " + ShellWord.quote(word)).start();
    byte[] output = shell.getInputStream().readAllBytes();
    assertThat(shell.waitFor()).isZero();
    assertThat(new String(output, StandardCharsets.UTF_8)).isEqualTo(word);
  }
}
