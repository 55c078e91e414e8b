package io.gatehouse.gateway.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.gateway.files.text.TextDecoding;
import io.gatehouse.gateway.session.Budgets;
import io.gatehouse.gateway.session.FileException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class EditedTextTest {

  private static Replacement replacement(String target, String replacement) {
    return new Replacement(target, replacement, OptionalInt.empty(), OptionalInt.empty(), false);
  }

  private static String edited(String stored, Replacement... replacements) {
    return new String(
        EditedText.of(stored.getBytes(StandardCharsets.UTF_8), TextDecoding.UTF_8, Budgets.lease())
            .with(List.of(replacements), Budgets.lease()),
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
    EditedText text =
        EditedText.of(
            new byte[] {'a'},
            new TextDecoding(StandardCharsets.ISO_8859_1, List.of()),
            Budgets.lease());
    assertThat(text.with(List.of(replacement("a", "ü")), Budgets.lease())).containsExactly(0xFC);
    assertThatThrownBy(() -> text.with(List.of(replacement("a", "✓")), Budgets.lease()))
        .hasMessage(
            "The file is encoded in ISO-8859-1, which lacks a character of the new text; convert"
                + " the file to UTF-8 first");
  }

  /** Each char is a byte. */
  private static String editedBytes(String stored, Replacement... replacements) {
    return new String(
        EditedText.of(
                stored.getBytes(StandardCharsets.ISO_8859_1), TextDecoding.UTF_8, Budgets.lease())
            .with(List.of(replacements), Budgets.lease()),
        StandardCharsets.ISO_8859_1);
  }

  @Test
  void leavesBytesThatAreNoText() {
    String stored = "bad \u00FF\u00FE and \u00E4\u00BB end\u00C3";
    assertThat(editedBytes(stored, replacement("bad", "ü")))
        .isEqualTo("\u00C3\u00BC \u00FF\u00FE and \u00E4\u00BB end\u00C3");
    assertThat(editedBytes(stored, replacement("and", "und")))
        .isEqualTo("bad \u00FF\u00FE und \u00E4\u00BB end\u00C3");
    assertThat(editedBytes(stored, replacement("\uFFFD\uFFFD and \uFFFD", "-")))
        .isEqualTo("bad - end\u00C3");
  }

  @Test
  void keepsTheBytesThatAReplacementRepeats() {
    String stored = "a\u00FFb\u00FEc\u00FDd";
    assertThat(editedBytes(stored, replacement("a\uFFFDb", "x\uFFFDy")))
        .isEqualTo("x\u00FFy\u00FEc\u00FDd");
    assertThat(editedBytes(stored, replacement("a\uFFFDb\uFFFDc", "a\uFFFDc")))
        .isEqualTo("a\u00FFc\u00FDd");
    assertThat(editedBytes(stored, replacement("a\uFFFDb\uFFFDc", "c\uFFFDc")))
        .isEqualTo("c\u00FEc\u00FDd");
    assertThat(editedBytes(stored, replacement("b", "\uFFFD")))
        .isEqualTo("a\u00FF\u00EF\u00BF\u00BD\u00FEc\u00FDd");
    Replacement all =
        new Replacement("\uFFFD", "<\uFFFD>", OptionalInt.empty(), OptionalInt.empty(), true);
    assertThat(editedBytes(stored, all, replacement("<\uFFFD>c", "\uFFFD")))
        .isEqualTo("a<\u00FF>b\u00FE<\u00FD>d");
  }

  @Test
  void tellsACharacterOfTheFileFromAStrayByte() {
    String stored = "\u00EF\u00BF\u00BD \u00FF\r\n";
    assertThat(editedBytes(stored, replacement("\uFFFD \uFFFD\n", "\uFFFD, \uFFFD\n\n")))
        .isEqualTo("\u00EF\u00BF\u00BD, \u00FF\r\n\r\n");
  }

  @Test
  void writesBackAWholeTextWithItsStrayBytes() {
    EditedText text =
        EditedText.of(
            "1\u00FF\r\n2\u00FE\r\n".getBytes(StandardCharsets.ISO_8859_1),
            TextDecoding.UTF_8,
            Budgets.lease());
    assertThat(text.hasUnreadable()).isTrue();
    assertThat(text.withAll("0\n1\uFFFD\n2\uFFFD\n"))
        .isEqualTo("0\n1\u00FF\n2\u00FE\n".getBytes(StandardCharsets.ISO_8859_1));
  }

  /** Bytes 0x81 and 0x8D of windows-1252, and half a character of Shift-JIS, mean nothing. */
  @Test
  void keepsWhatOtherEncodingsDoNotKnow() {
    byte[] western = {'a', (byte) 0x81, (byte) 0xFC, (byte) 0x8D};
    assertThat(
            EditedText.of(
                    western,
                    new TextDecoding(Charset.forName("windows-1252"), List.of()),
                    Budgets.lease())
                .with(List.of(replacement("a", "ä")), Budgets.lease()))
        .containsExactly(0xE4, 0x81, 0xFC, 0x8D);
    byte[] japanese = {(byte) 0x82, (byte) 0xA0, '\n', (byte) 0x82};
    assertThat(
            EditedText.of(
                    japanese,
                    new TextDecoding(Charset.forName("Shift_JIS"), List.of()),
                    Budgets.lease())
                .with(List.of(replacement("あ", "い")), Budgets.lease()))
        .containsExactly(0x82, 0xA2, '\n', 0x82);
  }

  @Test
  void refusesWhatItCouldNotWriteBack() {
    // A code of NEC for a character that also has another code.
    byte[] twoCodes = {(byte) 0xED, (byte) 0x40};
    assertThatThrownBy(
            () ->
                EditedText.of(
                    twoCodes,
                    new TextDecoding(Charset.forName("windows-31j"), List.of()),
                    Budgets.lease()))
        .hasMessageContaining("some of its bytes would change when it is saved");
  }

  @Test
  void changesNothingButTheTarget() {
    Random random = new Random(3);
    for (int i = 0; i < 2000; i++) {
      byte[] before = new byte[60];
      random.nextBytes(before);
      before[30] = '~';
      for (int at = 0; at < before.length; at++) {
        if (before[at] == '~' && at != 30) {
          before[at] = 'x';
        }
      }
      byte[] expected = before.clone();
      expected[30] = '!';
      assertThat(
              EditedText.of(before, TextDecoding.UTF_8, Budgets.lease())
                  .with(List.of(replacement("~", "!")), Budgets.lease()))
          .isEqualTo(expected);
    }
  }

  @Test
  void refusesAnEncodingThatJavaCannotWrite() {
    byte[] content = "\u001b$)A\u000e0!\u000f\n".getBytes(StandardCharsets.US_ASCII);
    TextDecoding decoding = new TextDecoding(Charset.forName("ISO-2022-CN"), List.of());
    assertThatThrownBy(() -> EditedText.of(content, decoding, Budgets.lease()))
        .isInstanceOf(FileException.class)
        .hasMessageContaining("convert it to UTF-8 first");
  }

  @Test
  void refusesMoreWorkThanARequestMayMake() {
    byte[] content = "a".repeat(1_000_000).getBytes(StandardCharsets.UTF_8);
    EditedText text = EditedText.of(content, TextDecoding.UTF_8, Budgets.lease());
    Replacement one = new Replacement("a", "b", OptionalInt.empty(), OptionalInt.empty(), true);
    assertThat(text.with(List.of(one), Budgets.lease())).hasSize(content.length);
    assertThatThrownBy(() -> text.with(Collections.nCopies(2_001, one), Budgets.lease()))
        .isInstanceOf(FileException.class)
        .hasMessageContaining("at most 2000 replacements in one request");
  }
}
