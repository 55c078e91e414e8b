package io.gatehouse.gateway.screen;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.gateway.session.WindowSize;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/**
 * Tests the text that models read of real programs' output, which was recorded on a pseudo-terminal
 * of 80 columns and 24 rows, and how much shorter it is.
 */
final class RecordingsTest {

  private static String recording(String name) {
    try (InputStream file = RecordingsTest.class.getResourceAsStream(name)) {
      return new String(Objects.requireNonNull(file, name).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** In pieces, as a log has them, which makes no difference. */
  private static String shown(String name) {
    String recorded = recording(name);
    String whole = shown(recorded, recorded.length());
    assertThat(shown(recorded, 100)).isEqualTo(whole);
    System.out.printf(
        "%-14s %6d bytes recorded, %5d shown (%2d %%)%n",
        name, bytes(recorded), bytes(whole), 100 * bytes(whole) / bytes(recorded));
    assertThat(whole).doesNotContain("\u001b", "\r", "\b");
    return whole;
  }

  private static String shown(String recorded, int size) {
    StringBuilder told = new StringBuilder();
    Transcript transcript = new Transcript(WindowSize.DEFAULT);
    transcript.begin(told::append, Duration.ofSeconds(30));
    List<String> pieces = new ArrayList<>();
    for (int start = 0; start < recorded.length(); start += size) {
      pieces.add(recorded.substring(start, Math.min(recorded.length(), start + size)));
    }
    pieces.forEach(transcript::write);
    transcript.end();
    return told.toString();
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  @Test
  void pipInstall() {
    assertThat(shown("pip-install"))
        .startsWith("Collecting requests\n  Downloading requests-")
        .containsOnlyOnce("Collecting numpy\n")
        .contains("Successfully installed ");
  }

  @Test
  void npmInstall() {
    assertThat(shown("npm-install")).matches("(?s)\n?added \\d+ packages in \\w+\n.*");
  }

  @Test
  void pytest() {
    assertThat(shown("pytest"))
        .contains(
            "test_x.py::test_square[7] PASSED                                         [  6%]\n")
        .contains("E       AssertionError: assert {'a': 1, 'b': [1, 2, 3]}")
        .endsWith("1 failed, 120 passed in 0.58s =========================\n");
  }

  @Test
  void cargoBuild() {
    assertThat(shown("cargo-build"))
        .contains("warning: unused variable: `unused`\n")
        .doesNotContain("Building [=")
        .contains("    Finished `dev` profile [unoptimized + debuginfo] target(s) in 19.45s\n");
  }

  @Test
  void aptWithItsProgressLine() {
    assertThat(shown("apt-remove"))
        .startsWith("Reading package lists... Done\nBuilding dependency tree... Done\n")
        .contains(
            """
            (Reading database ... 14708 files and directories currently installed.)
            Removing jq (1.7.1-6+deb13u4) ...
            """);
  }

  @Test
  void htop() {
    String recorded = recording("htop");
    // The recording ends here before htop gives the screen back.
    String shown = shown(recorded.substring(0, recorded.lastIndexOf("\u001b[24;80H")), 4096);
    System.out.printf("htop           %6d bytes, %5d shown%n", bytes(recorded), bytes(shown));
    assertThat(shown).contains("Load average").contains("F10Quit").doesNotContain("\u001b");
    assertThat(shown("htop").strip()).isEmpty();
  }
}
