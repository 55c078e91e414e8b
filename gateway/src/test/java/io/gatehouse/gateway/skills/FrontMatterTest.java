package io.gatehouse.gateway.skills;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests the front matter of SKILL.md. */
@Timeout(20)
final class FrontMatterTest {

  /** What Open Terminal 0.14.5 gives for the same texts. */
  static Stream<Arguments> asInOpenTerminal() {
    return Stream.of(
        Arguments.of("description: Does things", "Does things"),
        Arguments.of("description: Use this: when asked", "Use this: when asked"),
        Arguments.of("description: >\n  folded\n  text\nname: a", "folded text"),
        Arguments.of("description: |\n  kept\n  text", "kept\ntext"),
        Arguments.of("description: \"quoted: yes\"", "quoted: yes"),
        Arguments.of("description: *bold* text", "*bold* text"),
        Arguments.of("description: *bold", "*bold"),
        Arguments.of("description: Fix bug #12 now", "Fix bug #12 now"),
        Arguments.of("description: @home", "@home"),
        Arguments.of("description: [a, b]", "[a, b]"),
        Arguments.of("description: {x}", "{x}"),
        Arguments.of("description: yes\nname: 123", "yes"),
        Arguments.of("# comment\ndescription: d\nmetadata:\n  other: nested", "d"),
        Arguments.of("description:", ""),
        Arguments.of("description: a \"b\" c", "a \"b\" c"),
        Arguments.of("description: \"a\" and b", "a\" and b"),
        Arguments.of("description: %x `y`", "%x `y`"),
        Arguments.of("key: [unclosed\ndescription: d", "d"),
        Arguments.of("\tdescription: tab", "tab"),
        Arguments.of("description: a\ndescription: b", "b"),
        Arguments.of("description: null", "null"),
        Arguments.of("- description: d", ""));
  }

  @ParameterizedTest
  @MethodSource("asInOpenTerminal")
  void readsWhatOpenTerminalReads(String matter, String description) {
    for (String end : new String[] {"\n", "\r\n"}) {
      String text = ("---\n" + matter + "\n---\nbody\n").replace("\n", end);
      FrontMatter read = FrontMatter.of(text);
      assertThat(read.find("description").orElse("")).isEqualTo(description);
      assertThat(read.body()).isEqualTo("body");
    }
  }

  /** What Open Terminal gives only a part of, or with the marks of YAML in it. */
  @Test
  void readsYamlThatOpenTerminalDoesNot() {
    assertThat(description("description: >-\n  folded\n  text")).isEqualTo("folded text");
    assertThat(description("description: first\n  second")).isEqualTo("first second");
    assertThat(description("description: 'it''s'")).isEqualTo("it's");
    assertThat(description("description: |\n  a\n\n  b")).isEqualTo("a\n\nb");
    assertThat(description("\"description\": d")).isEqualTo("d");
    FrontMatter nested = FrontMatter.of("---\nname: a\nmetadata:\n  name: b\n---\n");
    assertThat(nested.find("name")).contains("a");
  }

  @Test
  void findsNoneWithoutItsTwoLines() {
    assertThat(FrontMatter.of("only text\n").body()).isEqualTo("only text");
    assertThat(FrontMatter.of("---\ndescription: d\nno end").values()).isEmpty();
    assertThat(FrontMatter.of("\n---\ndescription: d\n---\nb").values()).isEmpty();
    assertThat(FrontMatter.of("---\n---\nbody").body()).isEqualTo("body");
    assertThat(FrontMatter.of("\uFEFF---\ndescription: d\n---\nb").find("description"))
        .contains("d");
    assertThat(FrontMatter.of("").body()).isEmpty();
  }

  /** A tree of these would have billions of nodes, or a stack of thousands of calls. */
  @Test
  void isNotKeptByHostileYaml() {
    StringBuilder bomb = new StringBuilder("a0: &a0 [x, x]\n");
    for (int i = 1; i < 40; i++) {
      bomb.append("a%d: &a%d [*a%d, *a%d]\n".formatted(i, i, i - 1, i - 1));
    }
    assertThat(description(bomb + "description: d")).isEqualTo("d");
    String deep = "[".repeat(15_000);
    assertThat(description("x: " + deep + "]".repeat(15_000) + "\ndescription: d")).isEqualTo("d");
    assertThat(description("x: " + deep + "\ndescription: d")).isEqualTo("d");
    assertThat(description("? ".repeat(10_000) + "\ndescription: d")).isEqualTo("d");
    assertThat(description("x: " + "y".repeat(40_000) + "\ndescription: d")).isEmpty();
    assertThat(description("x: !!java.net.URL [http://x]\ndescription: d")).isEqualTo("d");
  }

  /** An account may have a hundred such files, and each is read when one of them changes. */
  @Test
  void takesLittleTimeForDeepNesting() {
    List<String> deep =
        List.of(
            "x: " + "[".repeat(30_000),
            "x: " + "{a: ".repeat(8_000),
            "? ".repeat(15_000),
            "- ".repeat(15_000),
            "x: " + "[a, ".repeat(8_000),
            "x: {" + "a, ".repeat(10_000));
    long begin = System.nanoTime();
    for (String each : deep) {
      description(each + "\ndescription: d");
    }
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(5));
  }

  @Test
  void readsCharactersOfTwoChars() {
    for (int length : new int[] {1000, 1006, 1007, 1008, 3000}) {
      String faces = "x".repeat(length % 2) + "\ud83d\ude00".repeat(length);
      assertThat(description("description: '" + faces + "'\nz: " + faces)).isEqualTo(faces);
      assertThat(description("description: " + faces)).isEqualTo(faces);
    }
  }

  private static String description(String matter) {
    return FrontMatter.of("---\n" + matter + "\n---\nbody").find("description").orElse("");
  }
}
