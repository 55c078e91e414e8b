package io.gatehouse.gateway.files.patch;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.gateway.account.Account;
import io.gatehouse.gateway.files.patch.PatchResult.Kind;
import io.gatehouse.gateway.session.Budgets;
import io.gatehouse.gateway.session.FileException;
import io.gatehouse.gateway.session.FileException.Reason;
import io.gatehouse.gateway.session.Lease;
import io.gatehouse.gateway.support.InProcessLogins;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests patches of several files, with local files over SFTP. */
@Timeout(60)
final class PatchesTest {

  private final Lease held = Budgets.lease();
  private InProcessLogins logins;
  private Account alice;
  private Path home;
  private Patches patches;

  @BeforeEach
  void start(@TempDir Path folder) {
    logins = new InProcessLogins(folder);
    alice = logins.sshd().accountAtHome();
    home = logins.sshd().home();
    patches = new Patches(logins);
  }

  @AfterEach
  void stop() {
    logins.close();
  }

  private Path put(String name, String content) throws IOException {
    Path file = home.resolve(name);
    Files.createDirectories(file.resolve(".."));
    return Files.writeString(file, content);
  }

  private List<PatchResult> apply(String patch, boolean dryRun) throws IOException {
    return patches.apply(
        alice,
        PatchParser.parse("*** Begin Patch\n" + patch + "*** End Patch\n"),
        path -> home.resolve(path).toString(),
        dryRun,
        held);
  }

  private List<PatchResult> apply(String patch) throws IOException {
    return apply(patch, false);
  }

  private static void assertRefused(ThrowingCallable call, Reason reason, String... words) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            FileException.class, failure -> assertThat(failure.reason()).isEqualTo(reason))
        .message()
        .contains(words);
  }

  /** All names below the home, to see that nothing is left beside files. */
  private List<String> names() throws IOException {
    try (Stream<Path> walk = Files.walk(home)) {
      return walk.skip(1).map(path -> home.relativize(path).toString()).sorted().toList();
    }
  }

  private static final String FOUR =
      """
      *** Add File: new/folder/a.txt
      +one
      +
      +three
      *** Update File: b.txt
      @@
       1
      -2
      +two
       3
      @@ 5
       6
      +six and a half
      *** Update File: c.txt
      *** Move to: moved/c.txt
      @@
      -c
      +C
      *** Delete File: d.txt
      """;

  private void putFour() throws IOException {
    put("b.txt", "1\n2\n3\n4\n5\n6\n7\n");
    Files.setPosixFilePermissions(
        put("c.txt", "c\n"), PosixFilePermissions.fromString("rwxr-x---"));
    put("d.txt", "d\n");
  }

  @Test
  void addsChangesMovesAndDeletes() throws IOException {
    putFour();
    assertThat(apply(FOUR, true)).hasSize(4);
    assertThat(names()).containsExactly("b.txt", "c.txt", "d.txt");
    assertThat(home.resolve("b.txt")).hasContent("1\n2\n3\n4\n5\n6\n7\n");
    assertThat(apply(FOUR))
        .extracting(PatchResult::kind)
        .containsExactly(Kind.ADDED, Kind.UPDATED, Kind.UPDATED, Kind.DELETED);
    assertThat(names())
        .containsExactly("b.txt", "moved", "moved/c.txt", "new", "new/folder", "new/folder/a.txt");
    assertThat(Files.readString(home.resolve("new/folder/a.txt"))).isEqualTo("one\n\nthree\n");
    assertThat(Files.readString(home.resolve("b.txt")))
        .isEqualTo("1\ntwo\n3\n4\n5\n6\nsix and a half\n7\n");
    assertThat(Files.readString(home.resolve("moved/c.txt"))).isEqualTo("C\n");
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(home.resolve("moved/c.txt"))))
        .isEqualTo("rwxr-x---");
  }

  @Test
  void changesNothingIfOneHunkDoesNotFit() throws IOException {
    putFour();
    assertRefused(
        () -> apply(FOUR + "*** Update File: e.txt\n@@\n-x\n+y\n"),
        Reason.NOT_FOUND,
        "e.txt",
        "glob_search");
    put("e.txt", "1\n2\n");
    assertRefused(
        () -> apply(FOUR + "*** Update File: e.txt\n@@\n-1\n+0\n@@\n-nothing like it\n+y\n"),
        Reason.CONFLICT,
        "e.txt, hunk 2",
        "after line 1",
        "nothing like it",
        "Nothing was changed",
        "read_file");
    assertRefused(
        () -> apply(FOUR + "*** Update File: e.txt\n@@\n-2\n+0\n@@\n-1\n+y\n"),
        Reason.CONFLICT,
        "in the order of the file");
    assertRefused(
        () -> apply(FOUR + "*** Add File: e.txt\n+y\n"), Reason.CONFLICT, "e.txt exists already");
    assertThat(names()).containsExactly("b.txt", "c.txt", "d.txt", "e.txt");
    assertThat(home.resolve("b.txt")).hasContent("1\n2\n3\n4\n5\n6\n7\n");
  }

  /** The last file cannot be moved, after the others have been changed. */
  @Test
  void putsEverythingBackIfTheLastFileFails() throws IOException {
    putFour();
    put("e.txt", "e\n");
    Path closed = Files.createDirectory(home.resolve("closed"));
    logins.sshd().sftp().deny(closed.resolve("e.txt"));
    assertRefused(
        () -> apply(FOUR + "*** Delete File: e.txt\n*** Delete File: closed/e.txt\n"),
        Reason.DENIED,
        "closed/e.txt");
    String moves = "*** Update File: e.txt\n*** Move to: f.txt\n@@\n-e\n+E\n";
    String three = FOUR.substring(0, FOUR.indexOf("*** Update File: c.txt"));
    logins.sshd().sftp().refuseRenamesTo(home.resolve("f.txt"));
    assertRefused(() -> apply(three + "*** Delete File: d.txt\n" + moves), Reason.FAILED, "f");
    assertThat(names()).containsExactly("b.txt", "c.txt", "closed", "d.txt", "e.txt");
    assertThat(Files.readString(home.resolve("b.txt"))).isEqualTo("1\n2\n3\n4\n5\n6\n7\n");
    assertThat(Files.readString(home.resolve("d.txt"))).isEqualTo("d\n");
    assertThat(Files.readString(home.resolve("e.txt"))).isEqualTo("e\n");
  }

  @Test
  void meetsAFullDiskBeforeTheFirstFileChanges() throws IOException {
    putFour();
    logins.sshd().sftp().refuseWriting(true);
    assertThatThrownBy(() -> apply(FOUR)).isInstanceOf(FileException.class);
    assertThat(names()).containsExactly("b.txt", "c.txt", "d.txt");
  }

  @Test
  void keepsTheFormOfAFile() throws IOException {
    put("crlf", "1\r\n2\r\n3\r\n");
    apply("*** Update File: crlf\n@@\n 1\n-2\n+two\n+more\n");
    assertThat(Files.readString(home.resolve("crlf"))).isEqualTo("1\r\ntwo\r\nmore\r\n3\r\n");
    Files.write(home.resolve("utf16"), "\uFEFFa\nb\n".getBytes(UTF_16LE));
    apply("*** Update File: utf16\n@@\n-b\n+\u20ac\n");
    assertThat(Files.readString(home.resolve("utf16"), UTF_16LE)).isEqualTo("\uFEFFa\n\u20ac\n");
    byte[] stray = "x\u00ff\ny\u00fe\nz\nw\u00fd\n".getBytes(ISO_8859_1);
    byte[] text = "text \u20ac\n".repeat(50).getBytes(UTF_8);
    byte[] both = Arrays.copyOf(text, text.length + stray.length);
    System.arraycopy(stray, 0, both, text.length, stray.length);
    Files.write(home.resolve("stray"), both);
    apply("*** Update File: stray\n@@\n-y\uFFFD\n z\n+added\n");
    byte[] after = Files.readAllBytes(home.resolve("stray"));
    assertThat(new String(after, ISO_8859_1)).endsWith("x\u00ff\nz\nadded\nw\u00fd\n");
    put("open", "1\n2");
    apply("*** Update File: open\n@@\n-2\n+two\n");
    assertThat(Files.readString(home.resolve("open"))).isEqualTo("1\ntwo");
    apply("*** Update File: open\n@@\n+three\n");
    assertThat(Files.readString(home.resolve("open"))).isEqualTo("1\ntwo\nthree");
    Files.createSymbolicLink(home.resolve("link"), Path.of("crlf"));
    apply("*** Update File: link\n@@\n-3\n+three\n");
    assertThat(home.resolve("link")).isSymbolicLink();
    assertThat(Files.readString(home.resolve("crlf"))).endsWith("three\r\n");
  }

  @Test
  void findsLinesWhoseBlanksDiffer() throws IOException {
    put("a", "def f():  \n\tif x:\n        return 1\n    end\n");
    apply("*** Update File: a\n@@ def f():\n if x:\n-    return 1\n+\t\treturn 2\n     end\n");
    // The lines around stay as they are in the file.
    assertThat(Files.readString(home.resolve("a")))
        .isEqualTo("def f():  \n\tif x:\n\t\treturn 2\n    end\n");
    put("b", "x\nx \nx\n");
    apply("*** Update File: b\n@@\n-x\n+y\n*** End of File\n");
    assertThat(Files.readString(home.resolve("b"))).isEqualTo("x\nx \ny\n");
    apply("*** Update File: b\n@@ -1,2 +1,2 @@\n-x\n+z\n");
    assertThat(Files.readString(home.resolve("b"))).isEqualTo("z\nx \ny\n");
  }

  @Test
  void noticesWhatOthersChangeMeanwhile() throws IOException {
    Path file = put("a", "1\n");
    Path other = put("b", "2\n");
    logins.sshd().sftp().whenCreated(() -> Files.writeString(file, "9\n"));
    assertRefused(
        () -> apply("*** Update File: b\n@@\n-2\n+two\n*** Update File: a\n@@\n-1\n+one\n"),
        Reason.CONFLICT,
        "was changed while the patch was made");
    assertThat(file).hasContent("9");
    assertThat(other).hasContent("2");
    assertThat(names()).containsExactly("a", "b");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "+x\n",
        "*** Update File:\n@@\n-x\n",
        "*** Update File: a\n",
        "*** Update File: a\n@@\n",
        "*** Update File: a\n@@\nx\n",
        "*** Add File: b\nx\n",
        "*** Add File: b\n+x\n*** Add File: b\n+x\n",
        "*** Update File: a\n@@\n-1\n+2\n*** Update File: ./a\n@@\n-1\n+2\n",
        "*** Update File: a\n@@\n-1\n+2\n*** Delete File: a\n",
        "*** Delete File: folder\n",
        "*** Delete File: pipe\n"
      })
  void refusesWhatIsNoPatch(String patch) throws Exception {
    put("a", "1\n");
    Files.createDirectory(home.resolve("folder"));
    assertThat(new ProcessBuilder("mkfifo", home.resolve("pipe").toString()).start().waitFor())
        .isZero();
    assertThatThrownBy(
            () ->
                patches.apply(
                    alice,
                    PatchParser.parse("*** Begin Patch\n" + patch + "*** End Patch"),
                    path -> home.resolve(path).normalize().toString(),
                    false,
                    held))
        .isInstanceOfSatisfying(
            FileException.class, failure -> assertThat(failure.reason()).isEqualTo(Reason.INVALID));
    assertThat(home.resolve("a")).hasContent("1");
  }

  @Test
  void saysThatAPatchWasCutShort() {
    assertRefused(
        () -> PatchParser.parse("*** Begin Patch\n*** Add File: a\n+x\n"),
        Reason.INVALID,
        "cut short");
    assertRefused(() -> PatchParser.parse("hello"), Reason.INVALID, "*** Begin Patch");
    assertThat(
            PatchParser.parse("```\n*** Begin Patch\r\n*** Delete File: a\r\n*** End Patch\r\n```")
                .changes())
        .hasSize(1);
  }

  /** Nearly all of the text looks like the beginning of what is searched. */
  @Test
  void takesTimeInProportionToTheText() throws IOException {
    put("a", "x\n".repeat(500_000) + "y\n");
    String patch = "*** Update File: a\n@@\n" + " x\n".repeat(20_000) + "-y\n+z\n";
    long begin = System.nanoTime();
    apply(patch);
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(20));
    assertThat(Files.readString(home.resolve("a"))).endsWith("x\nz\n");
  }

  /** Each line after @@ would go through the whole text twice before it is found. */
  @Test
  void refusesAPatchThatTakesTooLong() throws IOException {
    put("a", " x\n".repeat(200_000));
    put("b", " x\n".repeat(200_000));
    String anchors = "@@ x\n".repeat(2_000) + "- x\n+y\n";
    long begin = System.nanoTime();
    assertRefused(
        () -> apply("*** Update File: a\n" + anchors + "*** Update File: b\n" + anchors),
        Reason.TOO_LARGE,
        "takes too long",
        "Send fewer");
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(20));
    assertThat(Files.readString(home.resolve("a"))).doesNotContain("y");
  }

  @Test
  void readsBlankLinesInTimeInProportion() {
    String blanks = "\n".repeat(1_000_000);
    long begin = System.nanoTime();
    assertThat(PatchParser.parse("*** Begin Patch\n*** Add File: a" + blanks + "+x\n*** End Patch"))
        .isEqualTo(
            new Patch(List.of(new Patch.Add("a", "\n".repeat(blanks.length() - 1) + "x\n"))));
    assertThat(
            PatchParser.parse(
                    "*** Begin Patch\n*** Update File: a\n@@\n-x" + blanks + "*** End Patch")
                .changes())
        .hasSize(1);
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(20));
  }

  /** Strings of Thue and Morse hash alike by any polynomial of 64 bits. */
  @Test
  void comparesFewLinesThatAreMadeToHashAlike() throws IOException {
    StringBuilder one = new StringBuilder("a");
    StringBuilder two = new StringBuilder("b");
    for (int i = 0; i < 11; i++) {
      String first = one.toString();
      one.append(two);
      two.append(first);
    }
    put("a", (one + "\n").repeat(4_000));
    String patch = "*** Update File: a\n@@\n" + (" " + one + "\n").repeat(2_000) + "-" + two + "\n";
    long begin = System.nanoTime();
    assertRefused(() -> apply(patch), Reason.CONFLICT, "hunk 1");
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(10));
  }

  @Test
  void keepsACarriageReturnInsideALine() throws IOException {
    put("a", "1\r2\n3\n");
    apply("*** Update File: a\n@@\n-1\r2\n+one\rtwo\n 3\n*** Add File: b\n+x\ry\n");
    assertThat(Files.readString(home.resolve("a"))).isEqualTo("one\rtwo\n3\n");
    assertThat(Files.readString(home.resolve("b"))).isEqualTo("x\ry\n");
  }
}
