package io.gatehouse.gateway.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.gateway.session.FileException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

final class EditedTextTest {

  private static Replacement replacement(String target, String replacement) {
    return new Replacement(target, replacement, OptionalInt.empty(), OptionalInt.empty(), false);
  }

  private static String edited(String stored, Replacement... replacements) {
    return new String(
        EditedText.of(stored, TextDecoding.UTF_8).with(List.of(replacements)),
        StandardCharsets.UTF_8);
  }

  @Test
  void putsBackTheLineEndsOfTheFile() {
    assertThat(edited("a\r\nb\r\n", replacement("a\nb", "x\ny\nz"))).isEqualTo("x\r\ny\r\nz\r\n");
    assertThat(edited("a\nb\n", replacement("a\nb", "x"))).isEqualTo("x\n");
    // Mixed line ends cannot be put back, so they are seen as they are.
    assertThat(edited("a\r\nb\n", replacement("b", "c"))).isEqualTo("a\r\nc\n");
    assertThatThrownBy(() -> edited("a\r\nb\nc", replacement("a\nb", "x")))
        .isInstanceOf(FileException.class);
  }

  @Test
  void makesOneReplacementAfterTheOther() {
    assertThat(edited("one two", replacement("one", "two!"), replacement("two!", "1")))
        .isEqualTo("1 two");
  }

  @Test
  void looksOnlyInTheLinesItIsTold() {
    Replacement narrow = new Replacement("x", "y", OptionalInt.of(2), OptionalInt.of(3), true);
    assertThat(edited("x\nx\nx\nx", narrow)).isEqualTo("x\ny\ny\nx");
    Replacement after = new Replacement("x", "y", OptionalInt.of(9), OptionalInt.empty(), true);
    assertThatThrownBy(() -> edited("x", after)).hasMessage("Target string not found: 'x'");
    Replacement backwards = new Replacement("x", "y", OptionalInt.of(3), OptionalInt.of(1), true);
    assertThatThrownBy(() -> edited("x\nx\nx", backwards)).isInstanceOf(FileException.class);
  }

  @Test
  void refusesWhatIsNotFoundOnce() {
    assertThatThrownBy(() -> edited("a a", replacement("a", "b")))
        .hasMessage("Found 2 occurrences of target string but allow_multiple is false");
    assertThatThrownBy(() -> edited("a", replacement("", "b"))).isInstanceOf(FileException.class);
    assertThatThrownBy(() -> edited("a", replacement("z".repeat(300), "b")))
        .hasMessage("Target string not found: '" + "z".repeat(100) + "'");
  }

  @Test
  void losesNoCharacterThatTheEncodingLacks() {
    EditedText text = EditedText.of("a", new TextDecoding(StandardCharsets.ISO_8859_1, List.of()));
    assertThat(text.with(List.of(replacement("a", "ü")))).containsExactly(0xFC);
    assertThatThrownBy(() -> text.with(List.of(replacement("a", "✓"))))
        .hasMessage("The file is in ISO-8859-1, which lacks a character of the new text");
  }
}
