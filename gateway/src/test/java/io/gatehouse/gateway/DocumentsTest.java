package io.gatehouse.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Tests that the names in back-ticks in the documents exist, and the targets of their links too.
 */
final class DocumentsTest {

  /** Words in back-ticks that do not come from this repository, each with its reason. */
  private static final Map<String, String> FOREIGN =
      Map.ofEntries(
          Map.entry("Authorization", "a header of HTTP"),
          Map.entry("ETag", "a header of HTTP"),
          Map.entry("nio2-read-buf-size", "a setting of MINA SSHD"),
          Map.entry("r-cran-irkernel", "a package of Debian"),
          Map.entry("assetPrefix", "a setting of Next.js"),
          Map.entry("AllowGroups", "an option of sshd"),
          Map.entry("no_new_privs", "a word of the kernel"),
          Map.entry("sitecustomize.py", "a file of a user's, which Python reads"),
          Map.entry("keys/admin_authorized_keys", "a file that an admin makes"),
          Map.entry("SKILL.md", "a file that a user makes"),
          Map.entry("/etc/pip.conf", "a file of the image; image/pip.conf is copied there"),
          Map.entry("image.cdx.json", "a file that the build of the image makes"),
          Map.entry("gateway.cdx.json", "a file that the build of the image makes"),
          Map.entry("documents.cdx.json", "a file that the build of the image makes"),
          Map.entry("target/bom.json", "a file that the build makes"),
          Map.entry("gatehouse_homes", "a volume, named by Docker Compose"),
          Map.entry("COMPOSE_FILE", "a variable of Docker Compose"));

  private static final Repository REPOSITORY = Repository.read();
  private static final DocumentCheck CHECK = new DocumentCheck(REPOSITORY, FOREIGN.keySet());

  @Test
  void nameOnlyWhatExists() {
    Map<String, String> documents = REPOSITORY.documents();

    assertThat(documents).containsKeys("README.md", "ARCHITECTURE.md", "docs/README.md");
    assertThat(documents.entrySet())
        .flatMap(document -> CHECK.problems(document.getKey(), document.getValue()))
        .isEmpty();
  }

  @Test
  void needEachForeignWord() {
    assertThat(CHECK.unneeded(REPOSITORY.documents())).isEmpty();
  }

  @Test
  void areShortWhereTheyAreReadFirst() {
    assertThat(REPOSITORY.text("README.md").lines().count()).isLessThan(80);
  }

  @Test
  void aWrongNameOfEachKindIsSeen() {
    String text =
        """
        The class `TerminalKeeper`, the member `Accounts.lose`, the file `sshd-config/provide`, `lost.md`,
        the command `./walk fast`, the setting `OPEN_TERMINAL_COLOUR`, the path `/usr/lib/gatehome/bin`,
        the word `provisionary`, a link to [a page](docs/lost.md) and to [a heading](README.md#lost).
        """;

    assertThat(CHECK.problems("README.md", text))
        .containsExactly(
            "README.md: there is no class TerminalKeeper",
            "README.md: there is no class Accounts.lose",
            "README.md: there is no file sshd-config/provide",
            "README.md: there is no file lost.md",
            "README.md: there is no file ./walk",
            "README.md: there is no setting OPEN_TERMINAL_COLOUR",
            "README.md: no source has the path /usr/lib/gatehome/bin",
            "README.md: no source has the word provisionary",
            "README.md: a link leads to docs/lost.md, which does not exist",
            "README.md: a link leads to README.md#lost, which has no such heading");
  }

  @Test
  void rightNamesOfEachKindAreNoProblem() {
    String text =
        """
        The class `Accounts`, the member `Accounts.open`, the file `sshd-config/prepare`, `compose.yaml`,
        the command `./run users list`, the setting `OPEN_TERMINAL_PORT=8000`, the path `/run/gatehouse`,
        the word `provision`, a link to [a page](docs/README.md) and to [a heading](SECURITY.md#tiers).
        """;

    assertThat(CHECK.problems("README.md", text)).isEmpty();
  }

  @Test
  void aLongLineIsSeenUnlessItIsOfATable() {
    String line = "word ".repeat(25);

    assertThat(CHECK.problems("README.md", line)).hasSize(1);
    assertThat(CHECK.problems("README.md", "|" + line)).isEqualTo(List.of());
  }
}
