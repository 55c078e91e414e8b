package io.gatehouse.gateway.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CommandLineTest {

  @Test
  void takesAHundredKilobytesOfAnything() {
    String text = "✓'\"\n#<<$".repeat(10_000);
    assertThat(command(text).text()).isEqualTo(text);
  }

  @Test
  void refusesWhatSshdWouldDropTheConnectionFor() {
    assertThatThrownBy(() -> command("echo a\0b"))
        .hasMessage("a command must not contain a NUL character");
    assertThatThrownBy(() -> new CommandLine("id", "/a\0b", Map.of()))
        .hasMessage("a path must not contain a NUL character");
    assertThatThrownBy(() -> new CommandLine("id", "/home/alice", Map.of("A", "b\0")))
        .hasMessage("the variable A must not contain a NUL character");
  }

  @Test
  void refusesWhatLinuxTakesNotAsOneArgument() {
    assertThatThrownBy(() -> command("ü".repeat(60_001)))
        .hasMessageContaining("at most 120000 bytes, but this one has 120002");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1A", "A-B", "A B", "A=B", "A\n", "Ä", "x;y"})
  void refusesNamesThatAreNoVariables(String name) {
    assertThat(CommandLine.problemOfEnvironment(Map.of(name, "secret")))
        .hasValueSatisfying(
            problem -> assertThat(problem).startsWith("the name").doesNotContain("secret"));
  }

  @Test
  void refusesMoreVariablesThanSshdTakes() {
    Map<String, String> many =
        IntStream.range(0, 101).boxed().collect(Collectors.toMap(i -> "V" + i, i -> "x"));
    assertThat(CommandLine.problemOfEnvironment(many)).isPresent();
  }

  @Test
  void showsNoSecretInItsText() {
    CommandLine line =
        new CommandLine("login --password hunter2", "/home/alice", Map.of("T", "hunter3"));
    assertThat(line.toString()).doesNotContain("hunter");
  }

  private static CommandLine command(String text) {
    return new CommandLine(text, "/home/alice", Map.of());
  }
}
