package io.gatehouse.gateway.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.gatehouse.gateway.account.Account;
import io.gatehouse.gateway.session.Budgets;
import io.gatehouse.gateway.session.FileException;
import io.gatehouse.gateway.session.Lease;
import io.gatehouse.gateway.support.InProcessLogins;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tests searches by name and by content, with find, git, ripgrep and grep of this machine. */
@Timeout(120)
class SearchTest {

  @AutoClose private InProcessLogins logins;

  private Account alice;
  private Path home;
  private NameSearch names;
  private ContentSearch contents;

  private final Lease held = Budgets.lease();

  @BeforeEach
  void start(@TempDir Path folder) throws IOException {
    logins = new InProcessLogins(folder);
    alice = logins.sshd().accountAtHome();
    home = logins.sshd().home();
    names = new NameSearch(logins);
    contents = new ContentSearch(logins);
    put("notes.txt", "first\nthe needle is here\nlast\n");
    put("src/Needle.java", "class Needle {}\n");
    put("src/deep/other.java", "nothing\n");
    put(".hidden/needle", "");
  }

  private void put(String name, String content) throws IOException {
    Path file = home.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
  }

  private String path(String name) {
    return home.resolve(name).toString();
  }

  // --- By patterns

  @Test
  void findsByPatternsInNameOrPath() throws IOException {
    Files.createSymbolicLink(home.resolve("link.java"), home.resolve("src/Needle.java"));
    NameSearch.Result found =
        names.glob(
            alice,
            home.toString(),
            "*.java",
            List.of("src/deep/*"),
            NameSearch.Kind.FILE,
            10,
            held);
    assertThat(found.found())
        .extracting(NameSearch.Found::path)
        .containsExactly("link.java", "src/Needle.java");
    // A link has the size of its target.
    assertThat(found.found()).extracting(NameSearch.Found::size).containsExactly(16L, 16L);
    assertThat(found.truncated()).isFalse();
    assertThat(
            names
                .glob(
                    alice, home.toString(), "src/*", List.of(), NameSearch.Kind.DIRECTORY, 10, held)
                .found())
        .extracting(NameSearch.Found::path)
        .containsExactly("src/deep");
    assertThat(
            names
                .glob(alice, home.toString(), "*", List.of(), NameSearch.Kind.ANY, 2, held)
                .truncated())
        .isTrue();
  }

  @Test
  void refusesToSearchWhereThereIsNoDirectory() {
    assertThatThrownBy(
            () ->
                names.glob(alice, path("notes.txt"), "*", List.of(), NameSearch.Kind.ANY, 10, held))
        .isInstanceOf(FileException.class)
        .hasMessage("Search directory not found");
  }

  @Test
  void believesNoOtherProgramThatIsCalledFind() throws IOException {
    logins.sshd().instead("exec find", "printf 'nonsense\\0f 12 x y\\0ff 3 1.5 real\\0'");
    assertThat(
            names
                .glob(alice, home.toString(), "*", List.of(), NameSearch.Kind.ANY, 10, held)
                .found())
        .containsExactly(new NameSearch.Found("real", false, 3, 1.5));
  }

  // --- By names

  @Test
  void ranksNamesByHowTheyMatch() throws IOException {
    put("a needle.txt", "");
    put("needles.txt", "");
    NameSearch.Result found =
        names.search(alice, home.toString(), " NEEDLE ", NameSearch.Kind.ANY, true, 10, held);
    assertThat(found.found())
        .extracting(NameSearch.Found::path)
        .containsExactly(
            path(".hidden/needle"),
            path("needles.txt"),
            path("src/Needle.java"),
            path("a needle.txt"));
    assertThat(
            names
                .search(alice, home.toString(), "needle", NameSearch.Kind.FILE, false, 1, held)
                .found())
        .extracting(NameSearch.Found::path)
        .containsExactly(path("needles.txt"));
    assertThat(
            names
                .search(alice, home.toString(), "src", NameSearch.Kind.FILE, false, 10, held)
                .found())
        .isEmpty();
  }

  @Test
  void leavesOutWhatGitIgnores() throws IOException {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/git")), "needs git");
    run("git init -q . && printf 'build\\n' >.gitignore");
    put("build/needle.o", "");
    assertThat(
            names
                .search(alice, home.toString(), "needle", NameSearch.Kind.ANY, false, 10, held)
                .found())
        .extracting(NameSearch.Found::path)
        .containsExactly(path("src/Needle.java"));
    assertThat(
            names
                .search(alice, home.toString(), "deep", NameSearch.Kind.DIRECTORY, false, 10, held)
                .found())
        .extracting(NameSearch.Found::path)
        .containsExactly(path("src/deep"));
  }

  private void run(String text) throws IOException {
    try (var pipe =
        logins
            .of(alice)
            .pipe("cd \"$HOME\" && { " + text + "; }", java.time.Duration.ofSeconds(60))) {
      pipe.output().readAllBytes();
      assertThat(pipe.exit().code()).as(pipe.errors()).isZero();
    }
  }

  // --- By name, path and content at once

  @Test
  void findsByNamePathAndContentAtOnce() throws IOException {
    NameSearch.MatchPage page = names.matches(alice, home.toString(), "needle", false, 0, 10, held);
    assertThat(page.matches())
        .extracting(NameSearch.RankedMatch::relativePath)
        .containsExactly("src/Needle.java", "notes.txt");
    assertThat(page.matches().getFirst().byName()).isTrue();
    assertThat(page.matches().getFirst().name()).isEqualTo("Needle.java");
    assertThat(page.matches().getLast().byName()).isFalse();
    assertThat(page.matches().getLast().lines())
        .containsExactly(new NameSearch.LineMatch(2, 5, "the needle is here"));
    assertThat(page.next()).isEmpty();
    assertThat(page.truncated()).isFalse();
  }

  @Test
  void pagesThroughMatches() throws IOException {
    NameSearch.MatchPage first = names.matches(alice, home.toString(), "needle", true, 0, 2, held);
    assertThat(first.matches()).hasSize(2);
    assertThat(first.next()).isEqualTo(OptionalInt.of(2));
    NameSearch.MatchPage second = names.matches(alice, home.toString(), "needle", true, 2, 2, held);
    assertThat(second.matches()).hasSize(1).doesNotContainAnyElementsOf(first.matches());
    assertThat(second.next()).isEmpty();
  }

  // --- By content

  private ContentSearch.Query query(String text, boolean regex, boolean lines, int most) {
    return new ContentSearch.Query(
        text, home.toString(), regex, true, List.of("*.txt", "*.java"), lines, most);
  }

  @Test
  void findsLinesInFiles() throws IOException {
    ContentSearch.Result found = contents.search(alice, query("needle", false, true, 10), held);
    assertThat(found.matches())
        .containsExactlyInAnyOrder(
            new ContentSearch.Match(path("notes.txt"), OptionalLong.of(2), "the needle is here"),
            new ContentSearch.Match(
                path("src/Needle.java"), OptionalLong.of(1), "class Needle {}"));
    assertThat(found.truncated()).isFalse();
    assertThat(contents.search(alice, query("needle", false, true, 1), held).truncated()).isTrue();
    assertThat(contents.search(alice, query("absent", false, true, 1), held).matches()).isEmpty();
  }

  @Test
  void findsFilesByARegularExpression() throws IOException {
    assertThat(contents.search(alice, query("^class .*\\{", true, false, 10), held).matches())
        .containsExactly(
            new ContentSearch.Match(path("src/Needle.java"), OptionalLong.empty(), ""));
    assertThatThrownBy(() -> contents.search(alice, query("(", true, true, 10), held))
        .isInstanceOf(FileException.class)
        .hasMessageStartingWith("Invalid regex: ");
  }

  @Test
  void searchesWithGrepWhereThereIsNoRipgrep() throws IOException {
    logins.sshd().instead("command -v rg", "command() { return 1; }; eval \"$1\"");
    assertThat(contents.search(alice, query("NEEDLE", false, true, 10), held).matches())
        .extracting(ContentSearch.Match::file)
        .containsExactlyInAnyOrder(path("notes.txt"), path("src/Needle.java"));
    assertThat(names.matches(alice, home.toString(), "needle", false, 0, 10, held).matches())
        .extracting(NameSearch.RankedMatch::relativePath)
        .containsExactly("src/Needle.java", "notes.txt");
  }

  @Test
  void searchesOneFile() throws IOException {
    ContentSearch.Query one =
        new ContentSearch.Query("last", path("notes.txt"), false, false, List.of(), true, 10);
    assertThat(contents.search(alice, one, held).matches()).hasSize(1);
    ContentSearch.Query none =
        new ContentSearch.Query("last", path("nothing"), false, false, List.of(), true, 10);
    assertThatThrownBy(() -> contents.search(alice, none, held))
        .hasMessage("Search path not found");
  }
}
