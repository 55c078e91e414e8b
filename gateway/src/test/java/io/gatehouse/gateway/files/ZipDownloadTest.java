package io.gatehouse.gateway.files;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.gateway.account.Account;
import io.gatehouse.gateway.session.BudgetException;
import io.gatehouse.gateway.session.Budgets;
import io.gatehouse.gateway.session.FileException;
import io.gatehouse.gateway.session.FileException.Reason;
import io.gatehouse.gateway.session.Lease;
import io.gatehouse.gateway.session.MemoryBudget;
import io.gatehouse.gateway.session.ShellWord;
import io.gatehouse.gateway.support.InProcessLogins;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests archives with local files, which the program reads as the user who runs the tests. */
@Timeout(120)
class ZipDownloadTest {

  /** How the list at the end of each ZIP archive ends (APPNOTE, 4.3.16). */
  private static final String END_OF_ARCHIVE = "PK\5\6";

  /** Bytes of memory for a few thousand entries. */
  private static final long SMALL = 2 * 1024 * 1024;

  private static final Documents NO_DOCUMENTS =
      new Documents(
          Path.of("/java"), Path.of("/documents.jar"), Optional.empty(), Optional.empty());

  @AutoClose private InProcessLogins logins;

  private Account alice;
  private Path home;
  private UserFiles files;

  private final Lease held = Budgets.lease();

  @BeforeEach
  void start(@TempDir Path folder) throws IOException {
    logins = new InProcessLogins(folder);
    alice = logins.sshd().accountAtHome();
    home = logins.sshd().home();
    files = FileServices.of(logins, NO_DOCUMENTS).files();
  }

  private String path(String name) {
    return home.resolve(name).toString();
  }

  private Path put(String name, String content) throws IOException {
    Path file = home.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, content);
  }

  private void shell(String text) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder("/bin/bash", "-ec", text)
            .directory(home.toFile())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
  }

  private Map<String, String> archive(String... names) throws IOException {
    List<String> paths = Stream.of(names).map(this::path).toList();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipDownload archive = files.archive(alice, paths, held)) {
      archive.writeTo(bytes);
    }
    return unzip(bytes.toByteArray());
  }

  private static Map<String, String> unzip(byte[] bytes) throws IOException {
    Map<String, String> entries = new LinkedHashMap<>();
    try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(bytes))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        entries.put(entry.getName(), new String(zip.readAllBytes(), ISO_8859_1));
      }
    }
    return entries;
  }

  @Test
  void hasFilesFoldersAndLinks() throws Exception {
    put("tree/file", "content");
    put("tree/folder/deep", "1");
    put("tree/nothing", "");
    Files.createDirectory(home.resolve("tree/empty"));
    Files.createSymbolicLink(home.resolve("tree/link"), Path.of("file"));
    Files.createSymbolicLink(home.resolve("tree/dangling"), Path.of("../../nowhere"));
    put("alone", "2");
    assertThat(archive("tree", "alone"))
        .containsExactly(
            Map.entry("tree/", ""),
            Map.entry("tree/dangling", "../../nowhere"),
            Map.entry("tree/empty/", ""),
            Map.entry("tree/file", "content"),
            Map.entry("tree/folder/", ""),
            Map.entry("tree/folder/deep", "1"),
            Map.entry("tree/link", "file"),
            Map.entry("tree/nothing", ""),
            Map.entry("alone", "2"));
    Files.createSymbolicLink(home.resolve("a link"), Path.of("tree"));
    assertThat(archive("a link")).containsExactly(Map.entry("a link", "tree"));
    assertThat(archive("tree/empty")).containsExactly(Map.entry("empty/", ""));
  }

  @Test
  void isCalledAfterItsOnlyPath() throws IOException {
    put("tree/file", "");
    for (Map.Entry<List<String>, String> each :
        Map.of(
                List.of("tree"), "tree",
                List.of("tree/file"), "file",
                List.of("tree", "tree/file"), "download")
            .entrySet()) {
      List<String> paths = each.getKey().stream().map(this::path).toList();
      try (ZipDownload archive = files.archive(alice, paths, held)) {
        assertThat(archive.name()).isEqualTo(each.getValue());
      }
    }
    try (ZipDownload archive = files.archive(alice, List.of("/"), held)) {
      assertThat(archive.name()).isEqualTo("archive");
    }
  }

  @Test
  void refusesAPathWhereNothingCanBeArchived() throws Exception {
    assertRefused("nothing", Reason.NOT_FOUND, "Path not found: " + path("nothing"));
    shell("mkfifo pipe");
    assertRefused("pipe", Reason.INVALID, "This is not a regular file but a pipe");
    assertThat(logins.sshd().requests()).isEmpty();
  }

  private void assertRefused(String name, Reason reason, String message) {
    assertThatThrownBy(() -> files.archive(alice, List.of(path(name)), held))
        .isInstanceOfSatisfying(
            FileException.class, failure -> assertThat(failure.reason()).isEqualTo(reason))
        .hasMessageContaining(message);
  }

  @Test
  void hasManyFilesInTheirOrder() throws Exception {
    Map<String, String> expected = new TreeMap<>();
    for (int i = 0; i < 150; i++) {
      String name = "many/%03d".formatted(i);
      String content = Integer.toString(i).repeat(i % 50 == 7 ? 70_000 : i);
      put(name, content);
      expected.put(name, content);
    }
    put("many/040-folder/inner", "deep");
    expected.put("many/", "");
    expected.put("many/040-folder/", "");
    expected.put("many/040-folder/inner", "deep");
    Files.createSymbolicLink(home.resolve("many/041-link"), Path.of("040"));
    expected.put("many/041-link", "040");
    shell(
        "cd many; rm 050; mkfifo 050; ln -s /dev/null 051-link; perl -MSocket -e '"
            + "socket(S, AF_UNIX, SOCK_STREAM, 0); bind(S, sockaddr_un(\"052-socket\")) or die'");
    expected.remove("many/050");
    expected.put("many/051-link", "/dev/null");
    Map<String, String> entries = archive("many");
    assertThat(entries.remove("_errors.txt"))
        .isEqualTo("many/050: not a regular file\nmany/052-socket: not a regular file\n");
    assertThat(entries).containsExactlyEntriesOf(expected);
  }

  @Test
  void keepsNamesOfAllKinds() throws Exception {
    shell(
        """
        mkdir -p odd/--checkpoint; cd odd
        for name in -rf --to-command=sh '|id' '>x' 'a\\b' 'ends in \\' 0 ' ' $'two\\nlines' \\
          $'raw \\xff' $'raw \\xee\\xbe\\x80' 'ü ✓ 😀' '*' '$(id)' "$(printf 'x%.0s' {1..255})"; do
          printf %s "$name" >"./$name"
        done
        """);
    assertThat(archive("odd").keySet())
        .containsExactlyInAnyOrder(
            "odd/",
            "odd/--checkpoint/",
            "odd/-rf",
            "odd/--to-command=sh",
            "odd/|id",
            "odd/>x",
            "odd/a\\b",
            "odd/ends in \\",
            "odd/0",
            "odd/ ",
            "odd/two\nlines",
            "odd/raw \uEFFF",
            "odd/raw \uEFEE\uEFBE\uEF80",
            "odd/ü ✓ 😀",
            "odd/*",
            "odd/$(id)",
            "odd/" + "x".repeat(255));
    assertThat(archive("odd")).containsEntry("odd/raw \uEFFF", "raw \u00ff");
    assertThat(archive("odd/-rf")).containsExactly(Map.entry("-rf", "-rf"));
  }

  @Test
  void goesIntoDeepFolders() throws Exception {
    // The last folder that is entered is 200 below the first, and its path is shorter than 4096.
    shell(
        """
        mkdir deep long; cd deep
        for i in {1..201}; do mkdir f; echo $i >file; cd f; done
        cd %s
        name=$(printf 'x%%.0s' {1..250})
        for i in {1..17}; do mkdir $name; cd $name; echo $i >file; done
        """
            .formatted(ShellWord.quote(path("long"))));
    Map<String, String> deep = archive("deep");
    assertThat(deep)
        .containsEntry("deep/" + "f/".repeat(200) + "file", "201\n")
        .doesNotContainKey("deep/" + "f/".repeat(201));
    assertThat(deep.get("_errors.txt"))
        .isEqualTo(
            "deep/"
                + "f/".repeat(200)
                + "f: folders are nested more than 200 deep; archive a folder further down\n");
    String folder = "x".repeat(250) + "/";
    Map<String, String> wide = archive("long");
    assertThat(wide).containsEntry("long/" + folder.repeat(16) + "file", "16\n");
    assertThat(wide.get("_errors.txt"))
        .isEqualTo(
            "long/"
                + folder.repeat(16)
                + "x".repeat(250)
                + ": the path is longer than 4095 bytes\n");
    // JUnit cannot delete paths that are so long.
    shell("rm -r long");
  }

  @Test
  void hasTheTimesAndModesOfTheFiles() throws Exception {
    put("times/old", "");
    put("times/late", "");
    put("times/end", "");
    Files.setLastModifiedTime(
        home.resolve("times/old"), FileTime.from(Instant.parse("1960-01-01T00:00:00Z")));
    Files.setLastModifiedTime(
        home.resolve("times/late"), FileTime.from(Instant.parse("2200-01-01T00:00:00.75Z")));
    shell("touch -d @9223372036854775807 times/end || true; chmod 4751 times/old");
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipDownload archive = files.archive(alice, List.of(path("times")), held)) {
      archive.writeTo(bytes);
    }
    Path file = Files.write(home.resolve("times.zip"), bytes.toByteArray());
    try (ZipFile zip = ZipFile.builder().setPath(file).get()) {
      assertThat(zip.getEntry("times/old").getLastModifiedTime().toInstant())
          .isEqualTo("1960-01-01T00:00:00Z");
      assertThat(zip.getEntry("times/late").getLastModifiedTime().toInstant())
          .isEqualTo("2200-01-01T00:00:00Z");
      assertThat(zip.getEntry("times/old").getUnixMode()).isEqualTo(0104751);
      assertThat(zip.getEntry("times/").getUnixMode() & 0170000).isEqualTo(0040000);
    }
  }

  /** The size of such a file is known when it was read. */
  @Test
  void readsFilesThatStateNoSize() throws IOException {
    Files.createSymbolicLink(home.resolve("kernel"), Path.of("/proc/sys/kernel"));
    assertThat(archive("kernel/ostype")).containsExactly(Map.entry("ostype", "Linux\n"));
  }

  /** The program has read a part of the file when the file is cut off. */
  @Test
  void readsAFileThatBecomesShorterToItsEnd() throws IOException {
    byte[] content = new byte[30_000_000];
    new Random(1).nextBytes(content);
    Path file = Files.write(home.resolve("shrinks"), content);
    put("z", "after it");
    int rest = 20_000_000;
    ByteArrayOutputStream bytes =
        new ByteArrayOutputStream() {
          @Override
          public synchronized void write(byte[] part, int offset, int length) {
            if (size() < 100_000 && size() + length >= 100_000) {
              cut(file, rest);
            }
            super.write(part, offset, length);
          }
        };
    try (ZipDownload archive = files.archive(alice, List.of(file.toString(), path("z")), held)) {
      archive.writeTo(bytes);
    }
    Map<String, String> entries = unzip(bytes.toByteArray());
    assertThat(entries.getOrDefault("shrinks", "").getBytes(ISO_8859_1))
        .isEqualTo(Arrays.copyOf(content, rest));
    assertThat(entries).containsEntry("z", "after it");
  }

  private static void cut(Path file, long size) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(size);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  // --- Archives that are not whole

  /** Records of an entry "x" with the mode of a file, and of its content. */
  private static final String ENTRY =
      "printf 'H\\0\\0\\0\\25\\0\\0\\201\\244\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\3x';";

  private static final String CONTENT = "printf 'C\\0\\0\\0\\3abc';";

  private static final String END = "printf 'Z\\0\\0\\0\\0';";

  @Test
  void takesTheRecordsOfThisTest() throws IOException {
    put("x", "");
    logins.sshd().instead("exec perl", ENTRY + CONTENT + END);
    assertThat(archive("x")).containsExactly(Map.entry("x", "abc"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "exit 127",
        ENTRY,
        ENTRY + CONTENT,
        ENTRY + CONTENT + "exit 1",
        ENTRY + "printf 'C\\0\\0\\0\\3ab'",
        ENTRY + CONTENT + "printf 'Z\\0\\0'",
        ENTRY + CONTENT + "kill -KILL $$",
        CONTENT + END,
        "printf 'Q\\0\\0\\0\\0';" + END,
        "printf 'E\\0\\1\\0\\1'; head -c 65537 /dev/zero;" + END,
        "printf 'E\\377\\377\\377\\377';" + END,
        "printf 'H\\0\\0\\0\\24'; head -c 20 /dev/zero;" + END,
        "printf 'H\\0\\0\\20\\25'; head -c 4117 /dev/zero;" + END,
        "printf 'H\\0\\0\\0\\25'; head -c 21 /dev/zero | tr '\\0' '\\377';" + END,
      })
  void breaksOffWithTheProgram(String script) throws IOException {
    put("x", "");
    logins.sshd().instead("exec perl", script);
    Unclosed bytes = new Unclosed();
    try (ZipDownload archive = files.archive(alice, List.of(path("x")), held)) {
      assertThatThrownBy(() -> archive.writeTo(bytes))
          .isInstanceOfSatisfying(
              FileException.class, failure -> assertThat(failure.reason()).isEqualTo(Reason.FAILED))
          .hasMessage("The program that reads the files broke off; try again");
    }
    bytes.assertUnfinished();
  }

  /** Who ends this stream tells the client that the answer is whole. */
  private static final class Unclosed extends ByteArrayOutputStream {

    private boolean isClosed;

    @Override
    public void close() {
      isClosed = true;
    }

    void assertUnfinished() {
      assertThat(isClosed).isFalse();
      assertThat(toString(ISO_8859_1)).doesNotContain(END_OF_ARCHIVE);
    }
  }

  @Test
  void breaksOffWhenItsListNeedsTooMuchMemory() throws Exception {
    shell("mkdir many; cd many; seq 4000 | xargs touch");
    Unclosed bytes = new Unclosed();
    Lease small = new MemoryBudget(SMALL, SMALL).lease("alice");
    try (ZipDownload archive = files.archive(alice, List.of(path("many")), small)) {
      assertThatThrownBy(() -> archive.writeTo(bytes)).isInstanceOf(BudgetException.class);
    }
    bytes.assertUnfinished();
  }

  @Test
  void countsWhatCannotBeRead() throws Exception {
    shell("mkdir many; cd many; seq 20000 | xargs mkfifo");
    Unclosed bytes = new Unclosed();
    Lease small = new MemoryBudget(SMALL, SMALL).lease("alice");
    try (ZipDownload archive = files.archive(alice, List.of(path("many")), small)) {
      assertThatThrownBy(() -> archive.writeTo(bytes)).isInstanceOf(BudgetException.class);
    }
    bytes.assertUnfinished();
  }
}
